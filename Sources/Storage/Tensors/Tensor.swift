/// A tensor in a mapped file: name, type, shape and the range of its bytes.
package struct Tensor: Sendable {
  package let name: String
  package let type: TensorType
  /// The logical dimensions, outermost first; the last is the row that block formats cut into blocks.
  package let shape: [Int]
  package let file: MappedFile
  /// The byte range in the file, exactly as long as type and shape ask for.
  package let range: Range<Int>

  /// - Throws: `InputError` when shape and type do not make a byte count, or not that of `range`.
  package init(
    name: String, type: TensorType, shape: [Int], file: MappedFile, range: Range<Int>
  ) throws {
    guard let bytes = TensorShape.byteCount(shape, type: type) else {
      throw InputError(
        file: file.path, location: name, found: "\(type.rawValue) of shape \(shape)",
        expected: "rows of whole blocks of \(type.blockElements) elements")
    }
    guard bytes == range.count, range.lowerBound >= 0, range.upperBound <= file.count else {
      throw InputError(
        file: file.path, location: name, found: "\(range.count) bytes at \(range.lowerBound)",
        expected: "\(bytes) bytes inside the file, for \(type.rawValue) of shape \(shape)")
    }
    self.name = name
    self.type = type
    self.shape = shape
    self.file = file
    self.range = range
  }

  /// Number of elements of one row; 1 for a scalar.
  package var rowElements: Int { shape.last ?? 1 }
  /// Number of rows; 1 for vectors and scalars.
  package var rows: Int { shape.dropLast().reduce(1, *) }
  package var rowBytes: Int { rows == 0 ? 0 : range.count / rows }

  package func withBytes<Result>(
    _ body: (UnsafeRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    try file.withBytes(range, body)
  }
}
