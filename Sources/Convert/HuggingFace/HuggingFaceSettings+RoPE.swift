import CleaveModel
import CleaveStorage
import Glibc

extension HuggingFaceSettings {
  /// Reads the RoPE settings in the spelling of transformers 4 (rope_theta, rope_scaling) or 5
  /// (rope_parameters). Version 5 keeps them per kind of block if a family has several.
  ///
  /// - Parameters: - layerType: the kind of block whose settings are read. - thetaKey: the member
  ///   that holds their base in version 4. - theta: the base if the file states none.
  func rope(
    layerType: String = "full_attention", thetaKey: String = "rope_theta", theta: Double
  ) throws -> RoPE {
    let parameters = try config.optional("rope_parameters")
    let scaling = try config.optional("rope_scaling")
    if let parameters, let scaling, try !isSame(scaling, parameters) {
      throw scaling.refuse(
        expected: "the settings of rope_parameters, or only one of the two", found: "others")
    }
    // In version 4, rope_scaling applies only to blocks with full attention.
    let old = thetaKey == "rope_theta" ? scaling : nil
    let own = try parameters?.optional(layerType)
    if own == nil, let parameters, try parameters.optional("full_attention") != nil {
      throw parameters.refuse(expected: "settings for \(layerType)", found: "none")
    }
    let base = try config.optional(thetaKey)?.positiveNumber() ?? theta
    guard let settings = own ?? parameters ?? old else {
      return RoPE(theta: base, rotatedPairs: try rotatedPairs(nil))
    }
    return try rope(settings, theta: try settings.optional("rope_theta")?.positiveNumber() ?? base)
  }

  /// Whether the settings of version 4 are among those of version 5, where a file has both.
  private func isSame(_ old: JSONNode, _ new: JSONNode) throws -> Bool {
    let kind = try new.optional("rope_type")
    let others = Dictionary(try new.members().map { ($0.name, $0.node) }) { first, _ in first }
    return try old.members().allSatisfy { name, node in
      var other = others[name]
      if case .null? = other?.value { other = nil }
      if name == "type", other == nil { other = kind }
      if let other, let number = try? other.number() { return number == (try? node.number()) }
      return other?.value.text() == node.value.text()
    }
  }

  private func rope(_ settings: JSONNode, theta: Double) throws -> RoPE {
    let pairs = try rotatedPairs(settings)
    guard let kind = try settings.optional("rope_type") ?? settings.optional("type") else {
      guard try settings.members().allSatisfy({ Self.plainMembers.contains($0.name) }) else {
        throw settings.refuse(expected: "a rope_type", found: "settings of RoPE without one")
      }
      return RoPE(theta: theta, rotatedPairs: pairs)
    }
    return RoPE(theta: theta, scaling: try scaling(kind, settings), rotatedPairs: pairs)
  }

  /// The members of RoPE settings without scaling.
  private static let plainMembers: Set = ["rope_theta", "partial_rotary_factor"]

  private func scaling(_ kind: JSONNode, _ settings: JSONNode) throws -> RoPE.Scaling {
    switch try kind.string() {
    // The positions of Qwen's multimodal RoPE are all the same in a text without images.
    case "default", "mrope": return .none
    case "linear": return .linear(factor: try settings.required("factor").positiveNumber())
    case "llama3": return try RoPE.llama3(settings)
    // Older versions of transformers call LongRoPE "su".
    case "longrope", "su": return .longRoPE(try longRoPE(settings))
    case "yarn": return .yarn(try yarn(settings))
    // Its base grows with a text beyond max_position_embeddings, which is where an artifact's context ends.
    case "dynamic": return try dynamic(settings)
    default:
      throw kind.refuse(
        expected: "a supported RoPE kind: default, linear, dynamic, llama3, yarn, longrope")
    }
  }

  /// The number of rotated pairs in a head; nil if all are.
  private func rotatedPairs(_ settings: JSONNode?) throws -> Int? {
    let nodes = [
      try settings?.optional("partial_rotary_factor"), try config.optional("partial_rotary_factor"),
      try shareKey.flatMap { try config.optional($0) },
    ].compactMap { $0 }
    let share = try nodes.first?.number() ?? rotatedShare ?? 1
    guard share != 1 else { return nil }
    guard rotatedShare != nil else {
      throw (nodes.first ?? config).refuse(expected: "1: RoPE on whole heads")
    }
    let head = try headDimension()
    let rotated = share > 0 && share < 1 ? Int(Double(head) * share) : 0
    guard rotated >= 2, rotated <= head, rotated % 2 == 0 else {
      throw (nodes.first ?? config).refuse(
        expected: "a share of the \(head) dimensions of a head that is an even number of them")
    }
    return rotated == head ? nil : rotated / 2
  }

  private func longRoPE(_ settings: JSONNode) throws -> LongRoPE {
    func factors(_ name: String) throws -> [Float] {
      try settings.required(name).elements().map { Float(try $0.positiveNumber()) }
    }
    let context = try int("max_position_embeddings") ?? 4096
    let originalNode =
      try settings.optional("original_max_position_embeddings")
      ?? config.optional("original_max_position_embeddings")
    let original = try originalNode?.int(in: 2...(1 << 30)) ?? context
    let stretch =
      try settings.optional("factor")?.positiveNumber() ?? Double(context) / Double(original)
    let factor =
      try settings.optional("attention_factor")?.positiveNumber()
      ?? (stretch <= 1 ? 1 : (1 + log(stretch) / log(Double(original))).squareRoot())
    return LongRoPE(
      short: try factors("short_factor"), long: try factors("long_factor"),
      originalContext: original, attentionFactor: Float(factor))
  }
}
