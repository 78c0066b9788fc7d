import CleaveStorage

/// The tensors of a language model by the names that a causal model alone has (`model.layers.0...`,
/// `lm_head.weight`), whatever stands before them in the files.
struct HuggingFaceTensorNames {
  private static let head = "lm_head.weight"
  /// The name in the files of each tensor that may hold a weight.
  private(set) var stored: [String: String] = [:]
  /// The name in the files of a head that is stored beside the embedding it is tied to.
  private(set) var tiedHead: String?
  /// The tensors that are not read: of the parts of a multimodal model that see, of blocks beyond
  /// `num_hidden_layers`, and of what stands beside a language model without changing it.
  private(set) var leftOut: [String] = []

  /// What may stand before the layers of multimodal models, with the name of the head: of version 5 and 4 of
  /// transformers.
  private static let multimodal = [
    ("model.language_model.", head), ("language_model.model.", "language_model.lm_head.weight"),
  ]
  private static let otherParts: Set = [
    "vision_tower", "vision_model", "visual", "multi_modal_projector",
  ]

  /// The parts of what stands beside a language model: the value head that TRL trains, the head of a
  /// classifier, blocks that predict more than one token, and the scales of a quantized KV cache.
  private static let besides: Set = ["v_head", "score", "k_scale", "v_scale", "mtp"]

  init(
    _ names: Set<String>, _ outside: HuggingFaceModelNames, in directory: String,
    isMultimodal: Bool,
    isTied: Bool, layers: Int
  ) throws {
    let embedding = outside.embedding
    try Self.refuseAdapters(names, directory)
    var names = names.filter { !DerivedBuffer.isName($0) }
    if isMultimodal {
      leftOut = names.filter(Self.isOfOtherPart).sorted()
      names.subtract(leftOut)
    }
    let (prefix, head) = try Self.layout(
      of: names, outside, isMultimodal: isMultimodal, directory)
    let inLayers = Self.inLayers(outside, prefix)
    let besides = names.filter { Self.isBeside($0) || Self.isBeyond($0, layers, prefix: inLayers) }
    leftOut += besides.sorted()
    names.subtract(besides)
    for name in names {
      let known = Self.known(name, outside, prefix: prefix, head: head)
      guard let other = stored.updateValue(name, forKey: known) else { continue }
      throw InputError(
        file: directory, location: "tensors",
        found: [name, other].sorted().joined(separator: " and "),
        expected: "one tensor for \(known)")
    }
    guard isTied, let head = stored.removeValue(forKey: outside.head) else { return }
    // The one matrix of tied weights may be stored under either name.
    if stored[embedding] == nil { stored[embedding] = head } else { tiedHead = head }
  }

  private static func isBeside(_ name: String) -> Bool {
    let parts = name.split(separator: ".").map(String.init)
    return [parts.first, parts.last].contains { $0.map(besides.contains) == true }
  }

  /// Whether a tensor belongs to a block that the configuration does not count.
  private static func isBeyond(_ name: String, _ layers: Int, prefix: String) -> Bool {
    guard name.hasPrefix(prefix) else { return false }
    let number = name.dropFirst(prefix.count).prefix { $0 != "." }
    return Int(number).map { $0 >= layers } == true
  }

  private static func isOfOtherPart(_ name: String) -> Bool {
    let parts = name.split(separator: ".")
    let first = parts.first == "model" ? parts.dropFirst().first : parts.first
    return first.map { otherParts.contains(String($0)) } == true
  }

  /// The name that a causal model alone has for a tensor.
  private static func known(
    _ name: String, _ outside: HuggingFaceModelNames, prefix: String, head: String
  ) -> String {
    if name == head { return outside.head }
    // Beside the head, what stands before all names does not stand before that of its bias.
    if name == outside.headBias || !name.hasPrefix(prefix) { return name }
    return "model." + name.dropFirst(prefix.count)
  }

  /// What the names of tensors within the layers begin with, after what stands before all names.
  private static func inLayers(_ outside: HuggingFaceModelNames, _ prefix: String) -> String {
    "\(prefix)\(outside.layers.dropFirst("model.".count))."
  }

  private static func layout(
    of names: Set<String>, _ outside: HuggingFaceModelNames, isMultimodal: Bool, _ directory: String
  ) throws -> (prefix: String, head: String) {
    // A causal model, and one saved without its head.
    let plain = [(outside.base, outside.head), ("", outside.head)]
    let known = plain + (isMultimodal ? multimodal : [])
    let found = known.filter { prefix, _ in
      names.contains { $0.hasPrefix(inLayers(outside, prefix)) }
    }
    guard found.count <= 1 else {
      throw InputError(
        file: directory, location: "tensors",
        found: "layers under " + found.map { "\"\($0.0)layers\"" }.joined(separator: " and "),
        expected: "the layers of one model")
    }
    return found.first ?? plain[0]
  }

  /// Refuses what an adapter's training leaves, which is no model of its own.
  private static func refuseAdapters(_ names: Set<String>, _ directory: String) throws {
    let adapters = names.filter { name in
      name.hasPrefix("base_model.model.")
        || name.split(separator: ".").contains { $0.hasPrefix("lora_") }
    }
    guard let first = adapters.min() else { return }
    throw InputError(
      file: directory, location: first, found: "\(adapters.count) tensors of an adapter (LoRA)",
      expected: "a model's own weights",
      advice: "Merge the adapter into its model with PEFT's merge_and_unload() and save that.")
  }
}
