/// The cost of products of matrices of one type with so many columns.
package struct ProductTable: Sendable, Equatable {
  /// Columns that go through a product together, rising from 1.
  package let columns: [Int]
  /// Seconds for each weight of the matrix at these numbers of columns; they never fall.
  package let secondsPerWeight: [Double]
  /// How far the rounds of a measurement lay apart, at the number of columns where this was most: the distance of
  /// the quartiles as a share of the median. Nil where nothing was measured.
  package let spread: Double?

  /// - Parameters:
  ///   - columns: rising from 1.
  ///   - secondsPerWeight: as many, above 0, never falling.
  package init(columns: [Int], secondsPerWeight: [Double], spread: Double? = nil) {
    precondition(columns.first == 1 && columns.count == secondsPerWeight.count)
    self.columns = columns
    self.secondsPerWeight = secondsPerWeight
    self.spread = spread
  }

  /// Seconds for each weight at any number of columns: linear between those of the table, and in proportion to the
  /// columns beyond its last. For fewer than one column, as experts have in the mean, it is the cost of one.
  package func seconds(columns wanted: Double) -> Double {
    let last = columns.count - 1
    guard wanted > 1 else { return secondsPerWeight[0] }
    guard wanted < Double(columns[last]) else {
      return secondsPerWeight[last] * wanted / Double(columns[last])
    }
    let next = columns.firstIndex { Double($0) > wanted } ?? last
    let (low, high) = (Double(columns[next - 1]), Double(columns[next]))
    let share = (wanted - low) / (high - low)
    return secondsPerWeight[next - 1] * (1 - share) + secondsPerWeight[next] * share
  }
}
