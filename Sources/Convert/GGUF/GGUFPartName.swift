/// The name of one part of a split GGUF file, as llama.cpp's gguf-split writes it:
/// `NAME-00002-of-00003.gguf`.
struct GGUFPartName: Equatable {
  /// The path up to the numbers.
  let prefix: String
  /// The number of this part, from 1.
  let number: Int
  let count: Int

  private static let ending = ".gguf"

  init(prefix: String, number: Int, count: Int) {
    self.prefix = prefix
    self.number = number
    self.count = count
  }

  /// Reads a path; nil if it is not the name of a part.
  init?(_ path: String) {
    guard path.hasSuffix(Self.ending) else { return nil }
    var fields = path.dropLast(Self.ending.count).split(
      separator: "-", omittingEmptySubsequences: false)
    guard fields.count >= 4, let count = Int(fields.removeLast()), fields.removeLast() == "of",
      let number = Int(fields.removeLast())
    else { return nil }
    self.init(prefix: fields.joined(separator: "-"), number: number, count: count)
    guard number > 0, number <= count, self.path == path else { return nil }
  }

  var path: String {
    "\(prefix)-\(Self.padded(number))-of-\(Self.padded(count))\(Self.ending)"
  }

  /// The part of the same model with another number.
  func part(_ number: Int) -> GGUFPartName {
    GGUFPartName(prefix: prefix, number: number, count: count)
  }

  /// The name of the first part of `count` for a file that is not split, whose ending may be left
  /// out.
  static func first(of path: String, count: Int) -> GGUFPartName {
    let isEnded = path.hasSuffix(ending) && path.utf8.count > ending.utf8.count
    return GGUFPartName(
      prefix: isEnded ? String(path.dropLast(ending.count)) : path, number: 1, count: count)
  }

  private static func padded(_ number: Int) -> String {
    let digits = "\(number)"
    return String(repeating: "0", count: max(0, 5 - digits.count)) + digits
  }
}
