import CleaveStorage

/// The splitting rule behind a name in `tokenizer.ggml.pre`. GGUF stores only the name, no regular
/// expression.
struct GGUFPreTokenizer: Sendable {
  /// The name, as llama.cpp's converter gives it.
  let name: String
  /// How text is split, before pieces are spelled in bytes.
  let rule: GGUFSplitRule
  /// Whether whole words found in the vocabulary become one token without merging.
  var ignoresMerges = false
  /// Whether texts begin with the BOS token if the metadata does not say; the default is llama.cpp's.
  var addsBOS = false
  /// Whether the family's tokenizer.json composes texts (NFC). llama.cpp does not and GGUF cannot
  /// express it.
  var composes = false

  /// All names that are supported. An export takes the first one that fits.
  static let all: [GGUFPreTokenizer] =
    named(.gpt2, "gpt-2")
    + named(.smollm, "smollm", "starcoder", "refact", "command-r", "codeshell", "exaone")
    + named(.smollm, "minerva-7b", "mellum2")
    + named(.llama3, "llama-bpe", "llama3", "llama-v3", ignoresMerges: true, addsBOS: true)
    + named(.qwen2, "qwen2", composes: true)
    + named(.qwen35, "qwen35", composes: true)
    + named(.o200k, "gpt-4o", "llama4", "kanana2", "talkie", "minimax-m2")
    + named(.tekken, "tekken", ignoresMerges: true, addsBOS: true)
    + named(.deepseek3, "deepseek-v3", "hunyuan-dense", "joyai-llm", "hy_v4")
    + named(.deepseekCoder, "deepseek-coder")
    + named(.kimi, "kimi-k2")
    + named(.llama3, "dbrx", "smaug-bpe", "glm4", "chatglm-bpe")
    + named(
      .llama3, "falcon3", "falcon-h1", "pixtral", "midm-2.0", "lfm2", "jina-v5-nano",
      ignoresMerges: true, addsBOS: true)
    + named(.qwen2, "deepseek-r1-qwen", "stablelm2", "kormo", "f2llmv2", "megrez", "hunyuan")
    + named(.qwen2, "solar-open", "grok-2")
    + named(.gpt2, "olmo", "phi-2", "jina-es", "jina-de", "gigachat", "jina-v2-es", "jina-v2-de")
    + named(.gpt2, "a.x-4.0", "mellum", "modern-bert", "mpt", "jais", "trillion", "exaone4")
    + named(.gpt2, "granite-docling", "jina-v1-en", "jina-v2-code", "roberta-bpe")
    + named(.o200k, "granite-embed-multi-97m", ignoresMerges: true)
    + named(.spark, "spark2_5")
    + named(.falcon, "falcon")
    + named(.standard, "default")
    + named(.bloom, "bloom", "poro-chat", "gpt3-finnish")
    + named(.viking, "viking")
    + named(.jais2, "jais-2")
    + named(.youtu, "youtu", ignoresMerges: true)
    + named(.aya, "tiny_aya", "cohere2moe")
    + named(.superBPE, "superbpe")
    + named(.bailing, "bailingmoe", "bailingmoe2", "llada-moe")
    + named(.seedCoder, "seed-coder")
    + named(.ufakzeka, "ufakzeka")
    + named(.laguna, "laguna")
    + named(.exaoneMoE, "exaone-moe")
    + named(.minicpm5, "minicpm5", ignoresMerges: true)
    + named(.chameleon, "chameleon", addsBOS: true)

  /// The names that llama.cpp knows and that are refused, with the reason.
  static let refused = [
    "afmoe": "its digits are split by a program, not by an expression",
    "deepseek-llm": "its letters are a list of an old version of Unicode",
    "gemma4": "its vocabulary has characters, not bytes",
    "granite-embed-multi-311m": "its vocabulary has characters, not bytes",
    "sarvam-moe": "its vocabulary has characters, not bytes",
    "whitespace": "its vocabulary has characters, not bytes",
  ]

  init?(_ name: String) {
    guard let known = Self.all.first(where: { $0.name.utf8.elementsEqual(name.utf8) }) else {
      return nil
    }
    self = known
  }

  private init(
    name: String, rule: GGUFSplitRule, ignoresMerges: Bool = false, addsBOS: Bool = false,
    composes: Bool = false
  ) {
    self.name = name
    self.rule = rule
    self.ignoresMerges = ignoresMerges
    self.addsBOS = addsBOS
    self.composes = composes
  }

  private static func named(
    _ rule: GGUFSplitRule, _ names: String..., ignoresMerges: Bool = false, addsBOS: Bool = false,
    composes: Bool = false
  ) -> [GGUFPreTokenizer] {
    names.map {
      GGUFPreTokenizer(
        name: $0, rule: rule, ignoresMerges: ignoresMerges, addsBOS: addsBOS, composes: composes)
    }
  }

  var normalizer: JSON { composes ? ["type": "NFC"] : .null }
}
