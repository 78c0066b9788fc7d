/// Inputs that are several texts or files.
enum FuzzParts {
  /// The parts between NUL bytes.
  static func texts(_ input: [UInt8]) -> [String] {
    input.split(separator: 0, omittingEmptySubsequences: false).map {
      String(decoding: $0, as: UTF8.self)
    }
  }

  /// What stands before the first file's name.
  private static let mark = Array("\n=== ".utf8)

  /// The files of an input that has a line `=== NAME` before each. Those of other names than these are left out.
  static func files(_ input: [UInt8], named names: [String]) -> [String: [UInt8]] {
    var files: [String: [UInt8]] = [:]
    let text = [UInt8(ascii: "\n")] + input
    var starts = text.indices.filter { text[$0] == mark[0] && text[$0...].starts(with: mark) }[...]
    while let start = starts.popFirst() {
      let part = text[(start + mark.count)..<(starts.first ?? text.endIndex)]
      let name = part.prefix { $0 != UInt8(ascii: "\n") }
      guard let known = names.first(where: { name.elementsEqual($0.utf8) }) else { continue }
      files[known] = Array(part.dropFirst(name.count + 1))
    }
    return files
  }
}
