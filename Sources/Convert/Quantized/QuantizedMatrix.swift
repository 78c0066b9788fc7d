import CleaveStorage

/// A matrix of weights in a package's own layout. Its rows are made on demand.
protocol QuantizedMatrix: Sendable {
  /// The tensor that errors name, and its file.
  var origin: QuantizedPart { get }
  var rows: Int { get }
  var columns: Int { get }
  /// The weights of some rows in float32, row-major. specs/quantized-checkpoints.md has the
  /// formula of every layout.
  ///
  /// - Throws: `InputError` for scales that are not finite and for codes out of range.
  func values(_ rows: Range<Int>) throws -> [Float]
  /// The integers and scales behind the weights of some rows; nil if they are no multiples of a
  /// scale.
  func codes(_ rows: Range<Int>) throws -> GroupedCodes?
}

extension QuantizedMatrix {
  func codes(_ rows: Range<Int>) throws -> GroupedCodes? { nil }
}

/// A matrix whose weights are integers times scales.
protocol GroupedMatrix: QuantizedMatrix {
  func grouped(_ rows: Range<Int>) throws -> GroupedCodes
}

extension GroupedMatrix {
  func codes(_ rows: Range<Int>) throws -> GroupedCodes? { try grouped(rows) }
  func values(_ rows: Range<Int>) throws -> [Float] { try grouped(rows).values() }
}
