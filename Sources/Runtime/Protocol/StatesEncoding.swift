/// The packing of what an edge uploads for its positions, hidden states or tokens; specs/protocol.md, "Encodings",
/// defines it.
package struct StatesEncoding: Hashable, Sendable {
  package enum Format: String, CaseIterable, Sendable {
    case float32 = "f32"
    case float16 = "f16"
    /// 8 bits a number with one scale a position; the few largest numbers are kept as float32.
    case int8
    /// 4 bits a number after a Hadamard rotation, with a scale for every 32; the few largest numbers are kept as
    /// bfloat16.
    case int4
    /// Token ids in place of hidden states, to a cloud that holds all blocks.
    case tokens

    /// The packings of hidden states, the most exact first.
    package static let ofStates: [Format] = [.float32, .float16, .int8, .int4]
  }

  package var format: Format
  /// Whether the packed bytes are one zstd frame.
  package var isCompressed: Bool

  package init(_ format: Format, isCompressed: Bool = false) {
    self.format = format
    self.isCompressed = isCompressed
  }

  package static let float32 = StatesEncoding(.float32)
  package static let float16 = StatesEncoding(.float16)
  package static let int8 = StatesEncoding(.int8)
  package static let int4 = StatesEncoding(.int4)
  package static let tokens = StatesEncoding(.tokens)
  /// The encodings of hidden states that this program reads and writes, the most exact first.
  package static let all: [StatesEncoding] = Format.ofStates.flatMap {
    [StatesEncoding($0), StatesEncoding($0, isCompressed: true)]
  }
  /// The names of all encodings, as options take them.
  package static var names: [String] { all.map(\.description) }
}

extension StatesEncoding: LosslessStringConvertible {
  /// Reads a name such as `int4` or `int4+zstd`.
  package init?(_ description: String) {
    guard let encoding = Self.all.first(where: { $0.description == description }) else {
      return nil
    }
    self = encoding
  }

  package var description: String { format.rawValue + (isCompressed ? "+zstd" : "") }
}
