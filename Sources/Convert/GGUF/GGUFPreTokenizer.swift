import CleaveStorage

/// What a GGUF's `tokenizer.ggml.pre` stands for. The name alone says it: the file holds no regular
/// expression.
enum GGUFPreTokenizer: CaseIterable {
  case gpt2
  case smollm
  case llama3
  case qwen2

  static let names = ["smollm", "gpt-2", "llama-bpe", "llama3", "llama-v3", "qwen2"]

  init?(_ name: String) {
    switch name {
    case "gpt-2": self = .gpt2
    case "smollm": self = .smollm
    case "llama-bpe", "llama3", "llama-v3": self = .llama3
    case "qwen2": self = .qwen2
    default: return nil
    }
  }

  /// The name that is written: what llama.cpp's converter gives.
  var name: String {
    switch self {
    case .gpt2: "gpt-2"
    case .smollm: "smollm"
    case .llama3: "llama-bpe"
    case .qwen2: "qwen2"
    }
  }

  /// Looks whole pieces up before merging.
  var ignoresMerges: Bool { self == .llama3 }

  /// Where the metadata does not say, as llama.cpp has it.
  var addsBOS: Bool { self == .llama3 }

  var preTokenizer: JSON {
    switch self {
    case .gpt2: Self.byteLevel(addPrefixSpace: false, useRegex: true)
    case .smollm:
      Self.sequence([
        ["type": "Digits", "individual_digits": true],
        Self.byteLevel(addPrefixSpace: false, useRegex: true),
      ])
    case .llama3: Self.split(Self.regex(digits: #"\p{N}{1,3}"#))
    case .qwen2: Self.split(Self.regex(digits: #"\p{N}"#))
    }
  }

  /// Qwen's tokenizers compose texts first. llama.cpp does not, and has no word for it.
  var normalizer: JSON { self == .qwen2 ? ["type": "NFC"] : .null }

  private static func split(_ regex: String) -> JSON {
    sequence([
      [
        "type": "Split", "pattern": ["Regex": .string(regex)], "behavior": "Isolated",
        "invert": false,
      ],
      byteLevel(addPrefixSpace: false, useRegex: false),
    ])
  }

  static func byteLevel(addPrefixSpace: Bool, useRegex: Bool) -> JSON {
    [
      "type": "ByteLevel", "add_prefix_space": .bool(addPrefixSpace), "trim_offsets": true,
      "use_regex": .bool(useRegex),
    ]
  }

  private static func sequence(_ steps: [JSON]) -> JSON {
    ["type": "Sequence", "pretokenizers": .array(steps)]
  }

  private static func regex(digits: String) -> String {
    #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|"# + digits
      + #"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
  }
}
