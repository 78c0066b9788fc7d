import CleaveModel
import CleaveStorage

/// Reads the metadata of a GGUF file as a model configuration. Settings that the engine does not
/// compute are refused by name.
struct GGUFConfiguration {
  let family: Family
  let format: GGUFFormat
  private let settings: GGUFSettings

  /// The family of the file's architecture. Reads metadata only.
  ///
  /// - Throws: `InputError` if the architecture is not supported.
  static func family(_ gguf: GGUFFile) throws -> Family {
    let name = try gguf.required(gguf.string("general.architecture"), "general.architecture")
    let families = Family.all.filter { $0.gguf?.architecture == name }
    let settings = GGUFSettings(gguf: gguf, architecture: name, tensors: [:])
    let marked = try families.first {
      try $0.gguf?.marker.flatMap { try settings.int($0) } ?? 0 > 0
    }
    guard let family = marked ?? families.first(where: { $0.gguf?.marker == nil }) else {
      throw InputError(
        file: gguf.file.path, location: "general.architecture", found: "\"\(name)\"",
        expected: "a supported architecture: \(Family.architecturesOfGGUF)",
        advice: UnsupportedFamily.reason(name))
    }
    return family
  }

  init(_ gguf: GGUFFile, family: Family, tensors: [String: Tensor]) {
    guard let format = family.gguf else {
      preconditionFailure("a family found by its architecture")
    }
    self.family = family
    self.format = format
    settings = GGUFSettings(gguf: gguf, architecture: format.architecture, tensors: tensors)
  }

  /// The configuration that the metadata describes. Tied embeddings and biases follow from the
  /// tensors and are false here; see `complete`.
  func read() throws -> ModelConfiguration {
    if let scale = format.logits { _ = try settings.positive(scale.name) }
    if let experts = try settings.int("expert_count"), experts > 0, format.isDense {
      throw settings.refuse("expert_count", "\(experts) experts", "a dense model")
    }
    let hidden = try settings.required("embedding_length")
    let heads = try settings.required("attention.head_count")
    guard heads > 0 else { throw settings.refuse("attention.head_count", "0", "at least 1") }
    let head = try settings.int("attention.key_length") ?? hidden / heads
    try settings.require("attention.value_length", head, "the key length")
    let tokens = try settings.gguf.strings("tokenizer.ggml.tokens")?.count
    let epsilon = settings.key(format.epsilonKey)
    var configuration = ModelConfiguration(
      architecture: family.name, hiddenSize: hidden,
      blockCount: try settings.required("block_count"), headCount: heads,
      kvHeadCount: try settings.int("attention.head_count_kv") ?? heads,
      headDimension: head,
      intermediateSize: try settings.int("feed_forward_length")
        ?? settings.required("expert_feed_forward_length"),
      vocabularySize: try settings.int("vocab_size") ?? tokens ?? 0,
      contextLength: try settings.required("context_length"),
      normEpsilon: Float(try settings.gguf.required(settings.gguf.number(epsilon), epsilon)),
      rope: try rope(head: head), tiedEmbeddings: false)
    for name in format.hasCaps ? [] : ["attn_logit_softcapping", "final_logit_softcapping"] {
      if let cap = try settings.gguf.number(settings.key(name)), cap != 0 {
        throw settings.refuse(name, "\(cap)", "0: no capping")
      }
    }
    // Ranges are checked first, because families allocate lists with one entry per block.
    try configuration.validate(file: settings.gguf.file.path, location: "")
    try format.read(&configuration, settings)
    return configuration
  }

  /// The number that logits are divided by.
  var logitDivisor: Float {
    get throws { try format.logits.map { $0.divisor(stated: try settings.positive($0.name)) } ?? 1 }
  }

  /// Sets what only the tensors tell: tied embeddings, biases, and RoPE divisors.
  func complete(_ configuration: inout ModelConfiguration) throws {
    let tensors = settings.tensors
    configuration.tiedEmbeddings = tensors["output.weight"] == nil
    if tensors["blk.0.attn_q.bias"] != nil { configuration.block.queryKeyValueBias = true }
    if tensors["blk.0.attn_output.bias"] != nil { configuration.block.outputBias = true }
    if let divisors = try settings.vector("rope_freqs.weight") {
      guard configuration.rope.scaling == .none else {
        throw InputError(
          file: settings.gguf.file.path, location: "rope_freqs.weight",
          found: "RoPE divisors beside another RoPE scaling", expected: "one kind of scaling")
      }
      configuration.rope.scaling = .divisors(divisors)
    }
  }
}

// MARK: - RoPE

extension GGUFConfiguration {
  private func rope(head: Int) throws -> RoPE {
    let theta = try settings.positive("rope.freq_base") ?? 10_000
    return RoPE(theta: theta, scaling: try scaling(), rotatedPairs: try rotatedPairs(head: head))
  }

  private func rotatedPairs(head: Int) throws -> Int? {
    guard let rotated = try settings.int("rope.dimension_count"), rotated != head else {
      return nil
    }
    guard format.rotatesPart, rotated % 2 == 0, (2...head).contains(rotated) else {
      throw settings.refuse(
        "rope.dimension_count", "\(rotated)", "\(head), the head dimension: RoPE on whole heads")
    }
    return rotated / 2
  }

  private func scaling() throws -> RoPE.Scaling {
    let factor = try scaleFactor()
    // llama.cpp reads a factor without a type as linear scaling, and no factor as none.
    let kind =
      try settings.gguf.string(settings.key("rope.scaling.type"))
      ?? (factor == nil ? "none" : "linear")
    switch (kind, factor) {
    case ("none", nil), ("linear", nil): return .none
    case ("none", let factor?):
      throw settings.refuse(
        "rope.scaling.type", "\"none\" beside a factor of \(factor)",
        "no factor, or a type that uses it")
    case ("linear", let factor?): return .linear(factor: factor)
    // The LongRoPE factors are in keys and tensors that the family reads.
    case ("yarn", let factor):
      return .yarn(
        try settings.yarn(
          factor: factor ?? 1, hasLogMultiplier: format.hasLogMultiplier,
          truncates: format.truncatesYaRN))
    case ("longrope", _) where family.name == Family.phi3.name: return .none
    default:
      throw settings.refuse(
        "rope.scaling.type", "\"\(kind)\"",
        "a supported RoPE kind: none, linear, yarn, phi3's longrope, or llama3's rope_freqs.weight")
    }
  }

  /// The linear scaling factor under its present key or that of old files; nil for 0 and 1, which
  /// mean no scaling.
  private func scaleFactor() throws -> Double? {
    for name in ["rope.scaling.factor", "rope.scale_linear"] {
      guard let value = try settings.gguf.number(settings.key(name)), value != 0, value != 1 else {
        continue
      }
      return try settings.positive(name)
    }
    return nil
  }
}
