import CleaveStorage

/// A module of a checkpoint, such as `model.layers.0.self_attn.q_proj`, whose weight may be stored
/// in several parts.
struct QuantizedModule {
  /// The module's name, with which the names of its parts begin.
  let name: String
  private let weights: SafetensorsSet

  /// - Returns: nil if the tensor is not a module's weight.
  init?(ofWeight tensor: String, in weights: SafetensorsSet) {
    guard tensor.hasSuffix(Self.weight) else { return nil }
    name = String(tensor.dropLast(Self.weight.count))
    self.weights = weights
  }

  static let weight = ".weight"
  /// The directory of the checkpoint, for errors.
  var directory: String { weights.directory }

  /// A part; nil if there is none of this name.
  ///
  /// - Parameter suffix: what follows the module's name.
  func optional(_ suffix: String) -> QuantizedPart? {
    weights.entry(named: name + suffix).map { QuantizedPart($0.entry, file: $0.file.file) }
  }

  /// A part.
  ///
  /// - Throws: `InputError` if there is none of this name, or of another type.
  func required(_ suffix: String, _ dtypes: [SafetensorsDType]) throws -> QuantizedPart {
    guard let part = optional(suffix) else {
      throw InputError(
        file: weights.directory, location: name + suffix, found: "no tensor of this name",
        expected: "it beside the other parts of \(name)\(Self.weight)",
        advice: "The download may be incomplete, or quantization_config is another model's.")
    }
    return try part.require(dtypes)
  }

  /// What the metadata of a part's file say of the module's weight.
  func metadata(besides suffix: String) -> String? {
    let entry = weights.entry(named: name + suffix)
    return entry?.file.metadata.first { $0.name == name + Self.weight }?.value
  }

  /// The only part whose name begins with the module's name and this.
  func only(beginningWith suffix: String) throws -> QuantizedPart {
    let names = weights.names(beginningWith: name + suffix)
    guard names.count == 1, let found = names.first,
      let part = optional(String(found.dropFirst(name.count)))
    else {
      throw InputError(
        file: weights.directory, location: name + suffix,
        found: names.isEmpty ? "no such tensor" : NameList.short(Array(names)),
        expected: "one tensor whose name begins so")
    }
    return part
  }
}
