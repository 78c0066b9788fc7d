import CleaveStorage

/// A tensor of any element type that is one part of a matrix in a package's own layout: its codes,
/// scales, zero points or the like.
struct QuantizedPart: Sendable {
  let name: String
  let dtype: SafetensorsDType
  private(set) var shape: [Int]
  private let file: MappedFile
  private let range: Range<Int>

  init(_ entry: SafetensorsFile.Entry, file: MappedFile) {
    name = entry.name
    dtype = entry.dtype
    shape = entry.shape
    self.file = file
    range = entry.range
  }

  var path: String { file.path }
  /// The number of elements. The header's reader has checked that it does not overflow.
  var count: Int { TensorShape.elementCount(shape) ?? 0 }
  /// The elements of one row.
  var columns: Int { shape.last ?? 1 }
  /// Whether the elements are floats that weights may have as they are.
  var isPlain: Bool { dtype.tensorType != nil }

  func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    try file.withBytes(range, body)
  }

  func refuse(_ found: String, expected: String, advice: String? = nil) -> InputError {
    InputError(file: path, location: name, found: found, expected: expected, advice: advice)
  }

  /// The same elements in another shape.
  func reshaped(_ shape: [Int]) -> QuantizedPart {
    precondition(TensorShape.elementCount(shape) == count)
    var part = self
    part.shape = shape
    return part
  }

  /// Checks the element type.
  ///
  /// - Returns: the part itself.
  @discardableResult
  func require(_ dtypes: [SafetensorsDType]) throws -> QuantizedPart {
    guard dtypes.contains(dtype) else {
      throw refuse(
        "dtype \(dtype.rawValue)", expected: dtypes.map(\.rawValue).joined(separator: " or "))
    }
    return self
  }

  /// Checks that the part has one of these shapes.
  ///
  /// - Returns: the part itself.
  @discardableResult
  func require(shape shapes: [Int]..., because reason: String) throws -> QuantizedPart {
    guard shapes.contains(shape) else {
      throw refuse(
        "shape \(shape)",
        expected: "\(shapes.map { "\($0)" }.joined(separator: " or ")), \(reason)")
    }
    return self
  }

  /// The number of rows and columns of a matrix.
  func matrixShape() throws -> (rows: Int, columns: Int) {
    guard shape.count == 2, shape[0] > 0, shape[1] > 0 else {
      throw refuse("shape \(shape)", expected: "a matrix that is not empty")
    }
    return (shape[0], shape[1])
  }
}
