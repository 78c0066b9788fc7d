import CleaveStorage

/// How text is split before merging, by one or several names of `tokenizer.ggml.pre`.
enum GGUFSplitRule: CaseIterable, Sendable {
  case gpt2, smollm, llama3, qwen2, qwen35, o200k, tekken, deepseek3, deepseekCoder, kimi
  case spark, falcon, standard, bloom, viking, jais2, youtu, aya, superBPE, bailing, seedCoder
  case ufakzeka, laguna, exaoneMoE, minicpm5, chameleon

  /// The expressions whose matches split a text, one after another, as the models' own tokenizer.json have
  /// them where these are known.
  var expressions: [String] {
    switch self {
    case .gpt2: [Self.words]
    case .smollm: [#"\p{N}"#, Self.words]
    case .llama3: [Self.llama(digits: #"\p{N}{1,3}"#)]
    case .qwen2: [Self.llama(digits: #"\p{N}"#)]
    case .ufakzeka: [Self.llama(digits: #"\p{N}"#, english: "")]
    case .laguna: [#"[^\n]+|[\n]+"#, Self.llama(digits: #"\p{N}"#)]
    case .minicpm5: [#"\p{N}{1,3}"#, Self.llama(digits: #"\p{N}+"#)]
    case .qwen35:
      [
        Self.english + #"|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|"#
          + #"\s*[\r\n]+|"# + Self.spaces
      ]
    case .o200k: [Self.o200k(digits: #"\p{N}{1,3}"#)]
    case .tekken: [Self.o200k(digits: #"\p{N}"#, english: "")]
    case .aya: [#"\d{1,3}(?=(?:\d{3})*\b)"#, Self.o200k(digits: #"\p{N}{1,3}"#)]
    case .youtu:
      [
        "[가-힣ㄱ-ㆎ]+|[！…“”‘’—：；，、-〿︰-﹏]+|[ㄅ-ㄯ]+|" + Self.eastAsian,
        Self.o200k(digits: #"\p{N}"#),
      ]
    case .kimi:
      [
        #"[\p{Han}]+|"# + Self.capitals(Self.english + "?", without: #"&&[^\p{Han}]"#)
          + #"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|"# + Self.spaces
      ]
    default: furtherExpressions
    }
  }

  private var furtherExpressions: [String] {
    switch self {
    case .deepseek3:
      [#"\p{N}{1,3}"#, Self.eastAsian, Self.deepseek + #"[\r\n]*|\s*[\r\n]+|"# + Self.spaces]
    case .spark:
      [#"\p{N}{1,3}"#, Self.eastAsian, Self.deepseek + #"|[\r\n]|"# + Self.spaces, #"\p{N}"#]
    case .deepseekCoder:
      [#"[\r\n]"#, #"\s?\p{L}+"#, #"\s?\p{P}+"#, "[一-龥\u{800}-一가-\u{D7FF}]+", #"\p{N}"#]
    case .falcon: [#"[\p{P}\$\+<=>\^~\|`]+"#, Self.words, "[0-9][0-9][0-9]"]
    case .standard: [#"[\p{P}\$\+<=>\^~\|]+"#, Self.words, #"\p{N}+"#, "[0-9][0-9][0-9]"]
    case .bloom: [Self.unpunctuated]
    case .viking: [Self.unpunctuated, #"\p{N}"#]
    case .superBPE: [#"\p{N}+"#, #"(?=(\d{3})+(?!\d))"#]
    case .jais2:
      [
        Self.llama(
          digits: #"\p{N}{1,3}"#,
          spaces: [512, 256, 128, 64, 32, 16, 8, 4].map { #"\s{\#($0)}(?!\S)|"# }.joined()
            + #"\s{1,2}(?!\S)|\s{1}"#)
      ]
    case .bailing:
      [
        #"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]++[\r\n]*|"#
          + #"\s*[\r\n]|"# + Self.spaces
      ]
    case .seedCoder:
      [
        Self.english + #"|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1}| ?[^\s\p{L}\p{N}\r\n]+|\s*[\r\n]+|"#
          + Self.spaces
      ]
    case .exaoneMoE:
      [
        Self.english + #"|[^\r\n\p{L}\p{N}]?(?:\p{L}\p{M}*(?: \p{L}\p{M}*)*)+|\p{N}|"#
          + #" ?[^\s\p{L}\p{N}]+[\r\n/]?|\s*[\r\n]|"# + Self.spaces
      ]
    default:
      [
        "<sentinel:[0-9]+>", "(IMGIMG)((A|B|C|D|E|F|G|H|I){1,4})Z", #"([\t\n]|    |  )"#, #"\p{N}"#,
        #"[\p{P}!-/:-@\[-`{-~]"#, Self.words,
      ]
    }
  }
}

extension GGUFSplitRule {
  /// The rule as `pre_tokenizer` of a tokenizer.json.
  var preTokenizer: JSON {
    switch self {
    case .gpt2: Self.byteLevel(addPrefixSpace: false, useRegex: true)
    case .smollm:
      Self.sequence([
        ["type": "Digits", "individual_digits": true],
        Self.byteLevel(addPrefixSpace: false, useRegex: true),
      ])
    default:
      Self.sequence(
        expressions.map(Self.split) + [Self.byteLevel(addPrefixSpace: false, useRegex: false)])
    }
  }

  private static func split(_ regex: String) -> JSON {
    [
      "type": "Split", "pattern": ["Regex": .string(regex)], "behavior": "Isolated",
      "invert": false,
    ]
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
}

extension GGUFSplitRule {
  private static let english = "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
  private static let spaces = #"\s+(?!\S)|\s+"#
  private static let words =
    #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|"# + spaces
  private static let eastAsian = "[一-龥\u{3040}-ゟ゠-ヿ]+"
  private static let unpunctuated = #" ?[^(\s|.,!?…。，、।۔،)]+"#
  private static let deepseek =
    ##"[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+|"##
    + #" ?[\p{P}\p{S}]+"#

  private static func llama(
    digits: String, english: String = english + "|", spaces: String = spaces
  ) -> String {
    english + #"[^\r\n\p{L}\p{N}]?\p{L}+|"# + digits
      + #"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|"# + spaces
  }

  private static func o200k(digits: String, english: String = english + "?") -> String {
    capitals(english) + "|" + digits + #"| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|"# + spaces
  }

  /// Words that end where a capital letter follows a small one.
  private static func capitals(_ english: String, without: String = "") -> String {
    let upper = #"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}"# + without + "]"
    let lower = #"[\p{Ll}\p{Lm}\p{Lo}\p{M}"# + without + "]"
    let before = #"[^\r\n\p{L}\p{N}]?"#
    return before + upper + "*" + lower + "+" + english + "|" + before + upper + "+" + lower + "*"
      + english
  }
}
