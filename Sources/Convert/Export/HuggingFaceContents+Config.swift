import CleaveModel
import CleaveStorage

extension HuggingFaceContents {
  /// The contents of config.json, in the spelling of transformers 4, which version 5 and serving
  /// engines also read.
  func config(_ notes: inout [String]) throws -> JSON {
    func int(_ value: Int) -> JSON { .integer(Int64(value)) }
    let model = configuration
    let tokens = exported.artifact.manifest.tokens
    let ends = tokens.endOfText.map(int)
    var members: [JSONObject.Member] = [
      ("architectures", [.string(format.modelClass)]), ("model_type", .string(model.architecture)),
      (format.setting("hidden_size"), int(model.hiddenSize)),
      (format.setting("num_hidden_layers"), int(model.blockCount)),
      (format.setting("num_attention_heads"), int(model.headCount)),
      ("num_key_value_heads", int(model.kvHeadCount)), ("head_dim", int(model.headDimension)),
      (format.setting("intermediate_size"), int(model.intermediateSize)),
      ("vocab_size", int(model.vocabularySize)),
      (
        format.setting("max_position_embeddings"),
        int(model.learnedPositions ?? model.contextLength)
      ),
      (format.epsilonKey, .real(Double(model.normEpsilon.description) ?? 0)),
      ("tie_word_embeddings", .bool(model.tiedEmbeddings)),
      (format.activationKey, .string(model.block.activation.huggingFaceName)),
      (
        "attention_bias",
        .bool(format.hasOutputBias ? model.block.outputBias : model.block.queryKeyValueBias)
      ),
      ("use_cache", true),
      ("bos_token_id", tokens.beginOfText.map(int) ?? .null),
      ("eos_token_id", ends.count == 1 ? ends[0] : ends.isEmpty ? .null : .array(ends)),
      ("pad_token_id", .null), ("torch_dtype", .string(storedType)),
      ("transformers_version", "4.50.0"),
    ]
    if !model.isWithoutRoPE { members += try rope(&notes) }
    let takesStates =
      exported.artifact.manifest.role == .cloud && !exported.artifact.manifest.takesTokens
    var written = model
    // Granite scales what comes in place of embeddings too.
    if takesStates { written.embeddingScale = 1 }
    members += try format.write(written)
    if takesStates {
      members.append(("cleave_first_block", int(exported.artifact.manifest.blocks.lowerBound)))
      notes.append(
        "feed it the hidden states after block \(exported.artifact.manifest.blocks.lowerBound), from "
          + "position 0 on, as inputs_embeds")
    }
    members.append(("cleave_model_id", .string(exported.artifact.manifest.modelID)))
    return .object(JSONObject(members))
  }

  /// The `torch_dtype` of most weights.
  private var storedType: String {
    let record = exported.artifact.manifest.files.flatMap(\.tensors).first {
      $0.shape.count == 2 && $0.name.hasSuffix("attention.query.weight")
    }
    switch record?.type {
    case .f16: return "float16"
    case .bf16: return "bfloat16"
    case .f32: return "float32"
    default:
      return quantizedType == .f16 ? "float16" : quantizedType == .bf16 ? "bfloat16" : "float32"
    }
  }

  private func rope(_ notes: inout [String]) throws -> [JSONObject.Member] {
    let rope = configuration.rope
    if format.nestsRoPE {
      func settings(_ rope: RoPE) throws -> JSON {
        let kind = JSONObject([("rope_type", "default")])
        var object = try scaling(of: rope, &notes) ?? kind
        object["rope_theta"] = .real(rope.theta)
        return .object(object)
      }
      let local = try settings(configuration.window?.rope ?? rope)
      return [
        ("rope_parameters", ["full_attention": try settings(rope), "sliding_attention": local])
      ]
    }
    var members: [JSONObject.Member] = [("rope_theta", .real(rope.theta))]
    if let old = format.oldRoPEKeys {
      let pairs = rope.rotatedPairs ?? configuration.headDimension / 2
      members += [
        (old.theta, .real(rope.theta)),
        (old.share, .real(Double(2 * pairs) / Double(configuration.headDimension))),
      ]
    }
    if let local = configuration.window?.rope {
      guard local.scaling == .none else {
        throw InputError(
          file: exported.artifact.path, location: "configuration.sliding_window.rope",
          found: "a scaled RoPE", expected: "no scaling, because config.json cannot express it")
      }
      members.append(("rope_local_base_freq", .real(local.theta)))
    }
    if let pairs = rope.rotatedPairs {
      members.append(
        (
          "partial_rotary_factor",
          .real(Double(2 * pairs) / Double(configuration.headDimension))
        ))
    } else if format.defaults.rotatedShare ?? 1 != 1 {
      members.append(("partial_rotary_factor", 1))
    }
    if let scaling = try scaling(of: rope, &notes) {
      members.append(("rope_scaling", .object(scaling)))
    }
    return members
  }

  /// The scaling of RoPE with its kind; nil where there is none.
  private func scaling(of rope: RoPE, _ notes: inout [String]) throws -> JSONObject? {
    switch rope.scaling {
    case .none: return nil
    case .linear(let factor):
      return JSONObject([("rope_type", "linear"), ("factor", .real(factor))])
    case .llama3(let factor, let low, let high, let context):
      return JSONObject([
        ("rope_type", "llama3"), ("factor", .real(factor)), ("low_freq_factor", .real(low)),
        ("high_freq_factor", .real(high)),
        ("original_max_position_embeddings", .integer(Int64(context))),
      ])
    case .longRoPE(let long):
      notes.append(
        "transformers takes the short factors for texts of up to \(long.originalContext) tokens and "
          + "the long ones beyond; this artifact has the "
          + (configuration.contextLength > long.originalContext ? "long" : "short") + " ones always"
      )
      return Self.object(long)
    case .yarn(let yarn):
      var object = Self.object(yarn)
      object["llama_4_scaling_beta"] = configuration.queryScaling.map { .real($0.beta) }
      return object
    case .divisors:
      throw InputError(
        file: exported.artifact.path, location: "configuration.rope.scaling.kind",
        found: "divisors",
        expected: "a kind of scaling that config.json can express",
        advice: "Import the original checkpoint: a GGUF file stores only the resulting divisors.")
    }
  }

  private static func object(_ yarn: YaRN) -> JSONObject {
    JSONObject([
      ("rope_type", "yarn"), ("factor", .real(yarn.factor)), ("beta_fast", .real(yarn.betaFast)),
      ("beta_slow", .real(yarn.betaSlow)),
      ("original_max_position_embeddings", .integer(Int64(yarn.originalContext))),
      (
        "attention_factor",
        .real(Double(yarn.attentionFactor.description) ?? Double(yarn.attentionFactor))
      ),
      ("truncate", .bool(yarn.truncates)),
    ])
  }

  private static func object(_ long: LongRoPE) -> JSONObject {
    func list(_ factors: [Float]) -> JSON {
      .array(factors.map { .real(Double($0.description) ?? Double($0)) })
    }
    return JSONObject([
      ("rope_type", "longrope"), ("short_factor", list(long.short)),
      ("long_factor", list(long.long)),
      ("original_max_position_embeddings", .integer(Int64(long.originalContext))),
      (
        "attention_factor",
        .real(Double(long.attentionFactor.description) ?? Double(long.attentionFactor))
      ),
    ])
  }

  // MARK: Tokenizer and generation settings

  /// The tokenizer and generation settings; empty for a cloud bundle, which has no tokenizer.
  func texts() throws -> [(name: String, bytes: [UInt8])] {
    let artifact = exported.artifact
    guard artifact.manifest.role != .cloud else { return [] }
    let tokens = artifact.manifest.tokens
    let tokenizer = try artifact.tokenizer()
    func name(_ id: Int?) -> JSON { id.flatMap(tokenizer.token(of:)).map { .string($0) } ?? .null }
    let named =
      tokens.named.map { $0.sorted { $0.key < $1.key }.map { ($0.key, JSON.string($0.value)) } }
      ?? [("bos_token", name(tokens.beginOfText)), ("eos_token", name(tokens.endOfText.first))]
    var settings = JSONObject(
      [("tokenizer_class", "PreTrainedTokenizerFast")] + named + [
        ("clean_up_tokenization_spaces", false),
        ("model_max_length", .integer(Int64(configuration.contextLength))),
      ])
    settings["chat_template"] = tokens.chatTemplate.map { .string($0) }
    let generation: JSON = [
      "bos_token_id": tokens.beginOfText.map { .integer(Int64($0)) } ?? .null,
      // transformers' generate() fails on an empty list.
      "eos_token_id": tokens.endOfText.isEmpty
        ? .null : .array(tokens.endOfText.map { .integer(Int64($0)) }),
    ]
    func bytes(_ json: JSON) -> [UInt8] { Array((json.text() + "\n").utf8) }
    return [
      (
        ArtifactLayout.tokenizer,
        try FileSystem.read(
          "\(artifact.path)/\(ArtifactLayout.tokenizer)", limit: FileSystem.largestJSON)
      ),
      ("tokenizer_config.json", bytes(.object(settings))),
      ("generation_config.json", bytes(generation)),
    ]
  }
}

extension BlockForm.Activation {
  /// transformers' name of the activation.
  fileprivate var huggingFaceName: String {
    switch self {
    case .silu: "silu"
    case .geluTanh: "gelu_pytorch_tanh"
    case .gelu: "gelu"
    }
  }
}
