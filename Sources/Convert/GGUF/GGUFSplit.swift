import CleaveStorage

/// The metadata by which a part of a split GGUF file says which one it is.
struct GGUFSplit: Equatable {
  static let numberKey = "split.no"
  static let countKey = "split.count"
  static let tensorsKey = "split.tensors.count"
  static let keys: Set = [numberKey, countKey, tensorsKey]
  /// The most parts: the count is a 16-bit number.
  static let mostParts = Int(UInt16.max)

  /// The number of the part, from 1. The file counts from 0.
  let number: Int
  let count: Int
  /// The number of tensors of all parts together.
  let tensors: Int

  /// Reads a file's metadata; nil if it is a whole model. (Merging parts leaves a count of 0.)
  ///
  /// - Throws: `InputError` for a part without a number or with one beyond the count.
  init?(_ gguf: GGUFFile) throws {
    guard let count = try gguf.int(Self.countKey), count > 1 else { return nil }
    func refuse(_ key: String, _ found: Int, _ expected: String) -> InputError {
      InputError(file: gguf.file.path, location: key, found: "\(found)", expected: expected)
    }
    guard count <= Self.mostParts else {
      throw refuse(Self.countKey, count, "at most \(Self.mostParts) parts")
    }
    let number = try gguf.required(gguf.int(Self.numberKey), Self.numberKey)
    guard number < count else {
      throw refuse(Self.numberKey, number, "below \(count), the number of parts")
    }
    self.number = number + 1
    self.count = count
    tensors = try gguf.required(gguf.int(Self.tensorsKey), Self.tensorsKey)
  }
}
