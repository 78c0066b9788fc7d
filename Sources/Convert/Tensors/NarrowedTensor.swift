import CleaveStorage

/// A float64 tensor narrowed to float32, as transformers does when it loads a model in float32: each
/// number becomes the nearest float32, halves to even.
enum NarrowedTensor {
  private static let float64Bytes = 8

  /// - Throws: `InputError` for a number that float32 cannot hold.
  static func float32(
    _ name: String, _ shape: [Int], _ file: MappedFile, _ range: Range<Int>
  ) throws -> Tensor {
    let count = range.count / float64Bytes
    let narrowed = try MappedFile(inMemory: file.path, count: count * 4) { target in
      try file.withBytes(range) { source in
        for index in 0..<count {
          let number = source.loadUnaligned(fromByteOffset: index * float64Bytes, as: Double.self)
          let float = Float(number)
          guard float.isFinite || !number.isFinite else {
            throw InputError(
              file: file.path, location: name, found: "\(number)",
              expected: "numbers within float32")
          }
          target.storeBytes(of: float, toByteOffset: index * 4, as: Float.self)
        }
      }
    }
    return try Tensor(
      name: name, type: .f32, shape: shape, file: narrowed, range: 0..<(count * 4))
  }
}
