/// How hidden states are packed on their way to the cloud: specs/protocol.md, "Encodings".
public struct StatesEncoding: Hashable, Sendable {
  public enum Format: String, CaseIterable, Sendable {
    case float32 = "f32"
    case float16 = "f16"
    /// One scale a position, and its few largest numbers apart.
    case int8
    /// The few largest numbers apart, the rest rotated by a Hadamard matrix, a scale for every 32 numbers.
    case int4
  }

  public var format: Format
  /// The packed bytes are one zstd frame.
  public var isCompressed: Bool

  public init(_ format: Format, isCompressed: Bool = false) {
    self.format = format
    self.isCompressed = isCompressed
  }

  public static let float32 = StatesEncoding(.float32)
  public static let float16 = StatesEncoding(.float16)
  public static let int8 = StatesEncoding(.int8)
  public static let int4 = StatesEncoding(.int4)
  /// What this program reads and writes, the most exact first.
  public static let all: [StatesEncoding] = Format.allCases.flatMap {
    [StatesEncoding($0), StatesEncoding($0, isCompressed: true)]
  }
  /// What a person may write.
  public static var names: [String] { all.map(\.description) }
}

extension StatesEncoding: LosslessStringConvertible {
  /// As in `int4` or `int4+zstd`.
  public init?(_ description: String) {
    guard let encoding = Self.all.first(where: { $0.description == description }) else {
      return nil
    }
    self = encoding
  }

  public var description: String { format.rawValue + (isCompressed ? "+zstd" : "") }
}
