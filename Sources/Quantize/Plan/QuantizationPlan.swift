import CleaveStorage

/// Which type every tensor of a model gets, and why: a value, made before anything is written.
package struct QuantizationPlan: Equatable, Sendable {
  package struct Entry: Equatable, Sendable {
    package let name: String
    /// The artifact's file that holds it.
    package let file: String
    package let shape: [Int]
    package let source: TensorType
    /// Before rows had a say.
    package let wanted: TensorType
    package let type: TensorType
    package let reason: TypeReason

    package var isFallback: Bool { wanted != type }
    /// The bytes are taken over as they stand.
    package var isCopied: Bool { source == type }
    package var record: TensorRecord { TensorRecord(name: name, type: type, shape: shape) }
    package var bytes: Int { record.byteCount ?? 0 }
    package var elements: Int { TensorShape.elementCount(shape) ?? 0 }
    var rowElements: Int { shape.last ?? 1 }

    /// Why, in words.
    package var explanation: String {
      guard isFallback else { return reason.text }
      return "\(reason.text); rows of \(rowElements) are not whole blocks of \(wanted.rawValue)"
    }
  }

  /// Of the model itself, in the order of use; the exits' norms are copied and not listed.
  package let entries: [Entry]
  /// What the person should know beside the types.
  package let notes: [String]
  /// Sizes of all files but the manifests.
  package let sizes: Sizes

  package var fallbacks: [Entry] { entries.filter(\.isFallback) }

  package struct Sizes: Equatable, Sendable {
    /// Of the artifact to be written.
    package let model: Int
    /// Of the bundles that `cleave partition` would make of it; nil without exits.
    package let edge: Int?
    package let cloud: Int?
  }

  /// Bits of all weights, norms included, divided by their number; headers not counted.
  package var bitsPerWeight: Double {
    let elements = entries.reduce(0) { $0 + $1.elements }
    return Double(8 * entries.reduce(0) { $0 + $1.bytes }) / Double(max(1, elements))
  }

  func entries(in file: String) -> [Entry] { entries.filter { $0.file == file } }
}
