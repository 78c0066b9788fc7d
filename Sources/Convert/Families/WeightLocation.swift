/// The tensors and rows of a checkpoint that hold one weight, and how they are changed on import.
struct WeightLocation: Sendable {
  /// The tensor's name, or several names whose rows follow one another.
  var tensors: [String]
  /// The weight's first row and the total number of rows, if the tensor holds several weights.
  var rows: (first: Int, together: Int)?
  /// The shape in the file, if it is neither the weight's own nor follows from `rows` and
  /// `tensors`.
  var shape: [Int]?
  /// Maps each row to write to the row of the weight in the file.
  var rowOrder: (@Sendable (Int) -> Int)?
  /// The columns in which the rows are stored, if the file has them transposed.
  var columns: TransposedRows?
  /// A number added to every element.
  var offset: Float = 0
  /// A number that every element is divided by.
  var divisor: Float = 1

  init(_ tensors: [String]) { self.tensors = tensors }
}
