import CleaveStorage

/// One tier of a model that is cut into several: a name, and the model's blocks whose exits it has.
package struct Tier: Equatable, Sendable {
  /// The name of the bundle's directory: 1 to 64 letters, digits, `-` and `_`.
  package let name: String
  /// The blocks that are the tier's. It has the exits behind them: those of the depths
  /// `blocks.lowerBound + 1 ... blocks.upperBound`. The bundle may hold blocks before them too.
  package let blocks: Range<Int>

  package init(name: String, blocks: Range<Int>) {
    self.name = name
    self.blocks = blocks
  }

  /// Reads `NAME:FIRST..END`, as in `device:0..8`.
  ///
  /// - Returns: nil for another text.
  package init?(_ text: some StringProtocol) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, Self.isName(parts[0]) else { return nil }
    let ends = parts[1].split(separator: ".", omittingEmptySubsequences: false)
    guard ends.count == 3, ends[1].isEmpty, let first = Self.number(ends[0]),
      let end = Self.number(ends[2]), first < end
    else { return nil }
    self.init(name: String(parts[0]), blocks: first..<end)
  }

  private static func isName(_ text: some StringProtocol) -> Bool {
    (1...64).contains(text.utf8.count)
      && text.utf8.allSatisfy {
        switch $0 {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
          true
        default: false
        }
      }
  }

  /// A number without sign or spaces, of few digits.
  private static func number(_ text: some StringProtocol) -> Int? {
    guard (1...6).contains(text.utf8.count),
      text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
    else { return nil }
    return Int(text)
  }
}

extension Tier: CustomStringConvertible {
  /// The tier as it is read.
  package var description: String { "\(name):\(blocks.lowerBound)..\(blocks.upperBound)" }
}
