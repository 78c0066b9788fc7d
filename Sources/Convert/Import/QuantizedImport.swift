import CleaveModel
import CleaveStorage

/// Chooses the types of weights that are stored in a package's layout. What a block type holds
/// exactly is repacked; the rest is rounded as the user says, and the errors are kept.
struct QuantizedImport {
  /// The type for weights that no block type holds exactly; nil if the user gave none.
  let type: TensorType?
  private let errors = RoundingErrors()

  /// The types that may be given, by their names in options.
  static let types: [TensorType] = [.q8_0, .f16, .bf16, .f32]
  private static let names = types.map { $0.rawValue.lowercased() }

  /// - Parameters: - name: the type's name as given; nil for none. - scheme: the checkpoint's
  ///   scheme; nil for one without.
  /// - Throws: `SettingError` for a name that is not among `types`, or given for nothing.
  init(as name: String?, scheme: String?) throws {
    guard let name else {
      type = nil
      return
    }
    guard let type = Self.types.first(where: { $0.rawValue.lowercased() == name.lowercased() })
    else {
      throw SettingError(
        .quantizedType, found: name.debugDescription,
        expected: "one of \(Self.names.joined(separator: ", "))")
    }
    guard scheme != nil else {
      throw SettingError(
        .quantizedType, found: "a checkpoint whose weights keep their types",
        expected: "one with a quantization_config whose weights have no type here",
        advice: "quantize gives an artifact's weights other types.")
    }
    self.type = type
  }

  /// A weight as it will be written.
  ///
  /// - Throws: `InputError` if a type must be given and was not.
  func source(of weight: WeightName, in checkpoint: any Checkpoint) throws -> WeightSource {
    guard let quantized = try checkpoint.quantizedWeight(weight) else {
      return try checkpoint.weightSource(weight)
    }
    if let exact = try ExactType.block(of: quantized) { return quantized.source(exactlyIn: exact) }
    guard let type else {
      if let exact = try ExactType.float(of: quantized) { return quantized.source(as: exact) }
      throw InputError(
        file: quantized.origin.path, location: quantized.origin.name,
        found: "\(checkpoint.quantization ?? "") weights that no type here holds exactly",
        expected: "a type to round them to",
        advice: "Give one with --as: \(Self.names.joined(separator: ", ")).")
    }
    guard quantized.columns % type.blockElements == 0 else {
      throw InputError(
        file: quantized.origin.path, location: quantized.origin.name,
        found: "rows of \(quantized.columns) weights",
        expected: "a multiple of \(type.blockElements), for \(type.rawValue)",
        advice: "Give --as f16, bf16 or f32.")
    }
    return quantized.source(as: type, errors: errors)
  }

  /// What the artifact's provenance says, after all weights have been written.
  func settings(scheme: String?) -> [(name: String, value: String)] {
    guard let scheme else { return [] }
    var settings = [(name: "quantization", value: scheme)]
    if let type { settings.append((name: "as", value: type.rawValue)) }
    return settings + errors.kinds.map { (name: "rounding.\($0.name)", value: $0.sums.text) }
  }
}

extension SettingError.Setting {
  /// The type for quantized weights that have none of their own here.
  package static let quantizedType = Self("type of quantized weights")
}
