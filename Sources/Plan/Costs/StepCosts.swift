/// The seconds that steps of a model take on one machine.
package protocol StepCosts: Sendable {
  /// Runs blocks of the model over new positions.
  ///
  /// - Parameters:
  ///   - columns: the positions, of one sequence or of many.
  ///   - context: how many cached positions each attends to, in the mean.
  func blocks(_ range: Range<Int>, columns: Int, context: Int) -> Double
  /// Runs the body of an exit over new positions, and its head for one of them.
  func exit(_ index: Int, columns: Int, context: Int) -> Double
  /// The head of an exit for so many positions.
  func exitHead(_ index: Int, rows: Int) -> Double
  /// The model's final norm and head for so many positions.
  func head(rows: Int) -> Double
}
