/// How hidden states are packed on their way to the cloud: specs/protocol.md, "Encodings".
package struct StatesEncoding: Hashable, Sendable {
  package enum Format: String, CaseIterable, Sendable {
    case float32 = "f32"
    case float16 = "f16"
    /// One scale a position, and its few largest numbers apart.
    case int8
    /// The few largest numbers apart, the rest rotated by a Hadamard matrix, a scale for every 32 numbers.
    case int4
  }

  package var format: Format
  /// The packed bytes are one zstd frame.
  package var isCompressed: Bool

  package init(_ format: Format, isCompressed: Bool = false) {
    self.format = format
    self.isCompressed = isCompressed
  }

  package static let float32 = StatesEncoding(.float32)
  package static let float16 = StatesEncoding(.float16)
  package static let int8 = StatesEncoding(.int8)
  package static let int4 = StatesEncoding(.int4)
  /// What this program reads and writes, the most exact first.
  package static let all: [StatesEncoding] = Format.allCases.flatMap {
    [StatesEncoding($0), StatesEncoding($0, isCompressed: true)]
  }
  /// What a person may write.
  package static var names: [String] { all.map(\.description) }
}

extension StatesEncoding: LosslessStringConvertible {
  /// As in `int4` or `int4+zstd`.
  package init?(_ description: String) {
    guard let encoding = Self.all.first(where: { $0.description == description }) else {
      return nil
    }
    self = encoding
  }

  package var description: String { format.rawValue + (isCompressed ? "+zstd" : "") }
}
