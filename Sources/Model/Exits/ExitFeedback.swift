import CleaveStorage

/// The hidden states that an exit's tail gets back from the cloud: with each answer the cloud sends the model's
/// states after `depth` blocks, and the tail reads them at past positions in place of its own.
package struct ExitFeedback: Equatable, Sendable {
  /// The packing of a returned state: one of the protocol's formats (specs/protocol.md), without compression.
  package enum Format: String, CaseIterable, Sendable {
    case int8, float16, float32
  }

  /// The number of the model's blocks after which the states are taken: the depth that the tail's first block was
  /// copied from.
  package var depth: Int
  package var format: Format

  package init(depth: Int, format: Format = .int8) {
    self.depth = depth
    self.format = format
  }

  init(_ node: JSONNode) throws {
    depth = try node.required("depth").int(in: 1...ModelConfiguration.largestBlockCount)
    format = try node.required("format").oneOf(Format.self)
  }

  package var json: JSON {
    ["depth": .integer(Int64(depth)), "format": .string(format.rawValue)]
  }
}

extension ExitFeedback: CustomStringConvertible {
  /// What comes back, in words.
  package var description: String { "\(format.rawValue) states of depth \(depth)" }
}
