import CleaveStorage

/// The type of each tensor of a model with the reason, made before anything is written.
package struct QuantizationPlan: Equatable, Sendable {
  /// The decision about one tensor.
  package struct Entry: Equatable, Sendable {
    package let name: String
    /// The artifact file that holds the tensor.
    package let file: String
    package let shape: [Int]
    package let source: TensorType
    /// The type asked for, before it was checked against the row length.
    package let wanted: TensorType
    package let type: TensorType
    package let reason: TypeReason

    /// Whether another type than `wanted` was chosen because of the row length.
    package var isFallback: Bool { wanted != type }
    /// Whether the tensor's bytes are copied unchanged.
    package var isCopied: Bool { source == type }
    /// The tensor as the new manifest lists it.
    package var record: TensorRecord { TensorRecord(name: name, type: type, shape: shape) }
    package var bytes: Int { record.byteCount ?? 0 }
    package var elements: Int { TensorShape.elementCount(shape) ?? 0 }
    var rowElements: Int { shape.last ?? 1 }

    /// The reason in words.
    package var explanation: String {
      guard isFallback else { return reason.text }
      return "\(reason.text); rows of \(rowElements) are not whole blocks of \(wanted.rawValue)"
    }
  }

  /// The tensors of the model itself in the order of use. Exit norms are copied and not listed.
  package let entries: [Entry]
  /// Notes for the user beside the types.
  package internal(set) var notes: [String]
  /// The sizes of all files except manifests.
  package let sizes: Sizes

  /// The tensors that get another type than wanted.
  package var fallbacks: [Entry] { entries.filter(\.isFallback) }

  /// Sizes of artifacts.
  package struct Sizes: Equatable, Sendable {
    /// The size of the artifact in bytes.
    package let model: Int
    /// The sizes of the bundles that `cleave partition` would make from it, in bytes; nil without
    /// exits.
    package let edge: Int?
    package let cloud: Int?
  }

  /// The bits of all weights, including norms, divided by their number. File headers are not
  /// counted.
  package var bitsPerWeight: Double {
    let elements = entries.reduce(0) { $0 + $1.elements }
    return Double(8 * entries.reduce(0) { $0 + $1.bytes }) / Double(max(1, elements))
  }

  func entries(in file: String) -> [Entry] { entries.filter { $0.file == file } }
}
