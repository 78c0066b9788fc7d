import CleaveModel

/// Which type every tensor of a model gets, and why: a value, made before anything is written.
public struct QuantizationPlan: Equatable, Sendable {
  public struct Entry: Equatable, Sendable {
    public let name: String
    /// The artifact's file that holds it.
    public let file: String
    public let shape: [Int]
    public let source: TensorType
    /// Before rows had a say.
    public let wanted: TensorType
    public let type: TensorType
    public let reason: TypeReason

    public var isFallback: Bool { wanted != type }
    /// The bytes are taken over as they stand.
    public var isCopied: Bool { source == type }
    public var record: TensorRecord { TensorRecord(name: name, type: type, shape: shape) }
    public var bytes: Int { record.byteCount ?? 0 }
    public var elements: Int { TensorShape.elementCount(shape) ?? 0 }
    var rowElements: Int { shape.last ?? 1 }

    /// Why, in words.
    public var explanation: String {
      guard isFallback else { return reason.text }
      return "\(reason.text); rows of \(rowElements) are not whole blocks of \(wanted.rawValue)"
    }
  }

  /// Of the model itself, in the order of use; the exits' norms are copied and not listed.
  public let entries: [Entry]
  /// What the person should know beside the types.
  public let notes: [String]
  /// Sizes of all files but the manifests.
  public let sizes: Sizes

  public var fallbacks: [Entry] { entries.filter(\.isFallback) }

  public struct Sizes: Equatable, Sendable {
    /// Of the artifact to be written.
    public let model: Int
    /// Of the bundles that `cleave partition` would make of it; nil without exits.
    public let edge: Int?
    public let cloud: Int?
  }

  /// Bits of all weights, norms included, divided by their number; headers not counted.
  public var bitsPerWeight: Double {
    let elements = entries.reduce(0) { $0 + $1.elements }
    return Double(8 * entries.reduce(0) { $0 + $1.bytes }) / Double(max(1, elements))
  }

  func entries(in file: String) -> [Entry] { entries.filter { $0.file == file } }
}
