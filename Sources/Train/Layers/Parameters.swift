/// All trained parameters, each kind in one buffer: values, gradients and the two moments of AdamW.
package final class Parameters {
  package struct Entry: Equatable {
    package let name: String
    package let shape: [Int]
    package let range: Range<Int>
    /// What the learning rate is multiplied with.
    package let rateFactor: Float
    /// Matrices decay, vectors do not.
    var decays: Bool { shape.count > 1 }
  }

  package let entries: [Entry]
  package let values: FloatBuffer
  package let gradients: FloatBuffer
  package let firstMoments: FloatBuffer
  package let secondMoments: FloatBuffer
  private let places: [String: Int]

  var count: Int { values.count }

  /// - Parameters:
  ///   - tensors: in the order of the buffers. Matrices that are multiplied as one must follow one another.
  ///   - rateFactor: what the learning rate of a tensor is multiplied with, by its name.
  package init(
    _ tensors: [(name: String, shape: [Int])], rateFactor: (String) -> Double = { _ in 1 }
  ) {
    var offset = 0
    entries = tensors.map { tensor in
      let count = tensor.shape.reduce(1, *)
      defer { offset += count }
      return Entry(
        name: tensor.name, shape: tensor.shape, range: offset..<offset + count,
        rateFactor: Float(rateFactor(tensor.name)))
    }
    values = FloatBuffer(offset)
    gradients = FloatBuffer(offset)
    firstMoments = FloatBuffer(offset)
    secondMoments = FloatBuffer(offset)
    places = Dictionary(uniqueKeysWithValues: entries.enumerated().map { ($1.name, $0) })
  }

  subscript(name: String) -> Entry {
    guard let location = places[name] else { preconditionFailure("no parameter \(name)") }
    return entries[location]
  }

  package func set(_ name: String, _ floats: [Float]) {
    let entry = self[name]
    precondition(floats.count == entry.range.count, "\(name) has another size")
    values.copy(floats, at: entry.range.lowerBound)
  }

  package func clearGradients() { gradients.fill(0, in: 0..<count) }

  /// Several matrices of equal width that follow one another, as one matrix with its gradient.
  func stacked(_ names: [String]) -> Weight {
    let parts = names.map { self[$0] }
    let columns = parts[0].shape.last ?? 1
    var rows = 0
    for (part, next) in zip(parts, parts.dropFirst()) {
      precondition(part.range.upperBound == next.range.lowerBound, "\(next.name) stands elsewhere")
    }
    for part in parts {
      precondition(part.shape.last == columns)
      rows += part.range.count / columns
    }
    let offset = parts[0].range.lowerBound
    return Weight(
      value: values.matrix(rows, columns, at: offset),
      gradient: gradients.matrix(rows, columns, at: offset))
  }

  func weight(_ name: String) -> Weight { stacked([name]) }

  /// Several vectors that follow one another, as a single row with its gradient.
  func joined(_ names: [String]) -> Weight {
    let parts = names.map { self[$0] }
    for (part, next) in zip(parts, parts.dropFirst()) {
      precondition(part.range.upperBound == next.range.lowerBound, "\(next.name) stands elsewhere")
    }
    let range = parts[0].range.lowerBound..<(parts.last ?? parts[0]).range.upperBound
    return Weight(
      value: values.matrix(1, range.count, at: range.lowerBound),
      gradient: gradients.matrix(1, range.count, at: range.lowerBound))
  }

  /// A trained matrix `[rows, columns]`, or a vector as a single row.
  struct Weight: Sendable {
    let value: MatrixView
    let gradient: MatrixView

    /// One of several parts of a vector, as long each.
    func vectorPart(_ index: Int, of count: Int) -> Weight {
      precondition(value.rows == 1)
      let columns = value.columns / count
      let range = index * columns..<(index + 1) * columns
      return Weight(value: value.columns(range), gradient: gradient.columns(range))
    }

    /// One of several parts with as many rows each.
    func part(_ index: Int, of count: Int) -> Weight {
      let rows = value.rows / count
      return Weight(
        value: value.rows(index * rows..<(index + 1) * rows),
        gradient: gradient.rows(index * rows..<(index + 1) * rows))
    }
  }
}
