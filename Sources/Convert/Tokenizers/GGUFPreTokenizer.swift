import CleaveStorage

/// The splitting rule behind a name in `tokenizer.ggml.pre`. GGUF stores only the name, no regular
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

  /// The name to write, as llama.cpp's converter gives it.
  var name: String {
    switch self {
    case .gpt2: "gpt-2"
    case .smollm: "smollm"
    case .llama3: "llama-bpe"
    case .qwen2: "qwen2"
    }
  }

  /// Whether whole words found in the vocabulary become one token without merging.
  var ignoresMerges: Bool { self == .llama3 }

  /// Whether texts begin with the BOS token if the metadata does not say; the default is
  /// llama.cpp's.
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

  /// The normalizer of the family's tokenizer.json. Qwen composes texts (NFC); llama.cpp does not
  /// and GGUF cannot express it.
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
