import CleaveStorage

/// The tokens that the files beside a tokenizer state, collected as transformers 5 collects them
/// (`PreTrainedTokenizerBase._from_pretrained`); version 4 reads the same files in the same order.
///
/// tokenizer_config.json names tokens with a role (`bos_token`, `image_token`), lists others, and may
/// hold `added_tokens_decoder`. Only without the latter are special_tokens_map.json, which then
/// goes before tokenizer_config.json, and added_tokens.json read.
struct StatedTokens {
  /// Tokens with an id, by rising id.
  private(set) var decoder: [StatedToken] = []
  /// Tokens with a role, by the role's name, in the order in which transformers adds them.
  private(set) var named: [(role: String, token: StatedToken)] = []
  /// Special tokens without a role.
  private(set) var extra: [StatedToken] = []
  /// The indices in `named` while files are read.
  private var places: [String: Int] = [:]

  /// The keys of the tokens that have a role.
  var namedKeys: Set<[UInt8]> { Set(named.map(\.token.key)) }

  /// The files that may state tokens, beside tokenizer_config.json.
  static let specialTokensMap = "special_tokens_map.json"
  static let addedTokens = "added_tokens.json"

  private static let extra = "extra_special_tokens"
  private static let additional = "additional_special_tokens"

  /// The roles that every tokenizer of transformers knows, in its order.
  private static let roles = [
    "bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token",
  ]

  init() {}

  /// Reads all files of a directory.
  ///
  /// - Parameter settings: tokenizer_config.json; nil if there is none.
  init(directory: String, settings: JSONNode?) throws {
    if let settings { try readSettings(settings) }
    if let node = try settings?.optional("added_tokens_decoder") {
      try readDecoder(node)
    } else {
      try readOldFiles(directory)
    }
    let ranks = Dictionary(uniqueKeysWithValues: Self.roles.enumerated().map { ($1, $0) })
    // Roles of the model's own come last, in the order of their files.
    named = named.enumerated().sorted {
      (ranks[$0.element.role] ?? .max, $0.offset) < (ranks[$1.element.role] ?? .max, $1.offset)
    }.map(\.element)
  }

  /// The token with a role; nil if none is stated.
  func token(_ role: String) -> StatedToken? { named.first { $0.role == role }?.token }

  /// The texts of the tokens with a role, which chat templates can use by its name.
  var texts: [String: String] {
    Dictionary(named.map { ($0.role, $0.token.content) }, uniquingKeysWith: { $1 })
  }

  private mutating func set(_ role: String, _ token: StatedToken) {
    if let index = places.updateValue(places[role] ?? named.count, forKey: role) {
      named[index].token = token
    } else {
      named.append((role, token))
    }
  }

  private mutating func readSettings(_ settings: JSONNode) throws {
    for (name, node) in try settings.members() { try readRole(name, node) }
    let lists = [
      try settings.optional(Self.extra), try settings.optional(Self.additional),
    ]
    guard let list = try lists.compactMap({ $0 }).first(where: { try !Self.isEmpty($0) }) else {
      return
    }
    try readExtra(list)
  }

  private static func isEmpty(_ node: JSONNode) throws -> Bool {
    if case .object(let object) = node.value { return object.members.isEmpty }
    return try node.elements().isEmpty
  }

  /// Reads a member `*_token`, unless its value is not a token, as that of `add_bos_token` is.
  private mutating func readRole(_ name: String, _ node: JSONNode) throws {
    guard name.hasSuffix("_token") else { return }
    switch node.value {
    case .string, .object: set(name, try StatedToken(node, isSpecial: true))
    case .null, .bool: break
    default: throw node.refuse(expected: "a token: a text, or an object with a content")
    }
  }

  /// Reads special tokens: a list, or an object of tokens by role.
  private mutating func readExtra(_ node: JSONNode) throws {
    if case .object = node.value {
      for (role, token) in try node.members() { set(role, try StatedToken(token, isSpecial: true)) }
      return
    }
    extra += try node.elements().map { try StatedToken($0, isSpecial: true) }
  }

  private mutating func readDecoder(_ node: JSONNode) throws {
    decoder = try node.members().map { name, node in
      guard let id = Int(name), id >= 0 else {
        throw node.refuse(expected: "an id as the member's name", found: "\"\(name.prefix(80))\"")
      }
      var token = try StatedToken(node, isSpecial: false)
      token.id = id
      return token
    }
    try orderDecoder()
  }

  private mutating func readOldFiles(_ directory: String) throws {
    let map = "\(directory)/\(Self.specialTokensMap)"
    let members = FileSystem.exists(map) ? try FileSystem.readJSON(map).members() : []
    for (name, node) in members where name != Self.additional {
      if name == Self.extra { try readExtra(node) } else { try readRole(name, node) }
    }
    let hadExtra = !extra.isEmpty
    try readAddedTokens("\(directory)/\(Self.addedTokens)")
    // These do not make a token of added_tokens.json special.
    for (name, node) in members where name == Self.additional && !hadExtra { try readExtra(node) }
  }

  private mutating func readAddedTokens(_ path: String) throws {
    guard FileSystem.exists(path) else { return }
    let special = namedKeys.union(extra.map(\.key))
    decoder = try FileSystem.readJSON(path).members().map { content, node in
      let isSpecial = special.contains(Array(content.utf8))
      var token = StatedToken(content, isSpecial: isSpecial, node: node)
      token.id = try node.int()
      return token
    }
    try orderDecoder()
  }

  /// Sorts tokens by id and checks that no id is stated for two of them.
  private mutating func orderDecoder() throws {
    decoder.sort { ($0.id ?? 0) < ($1.id ?? 0) }
    for (token, next) in zip(decoder, decoder.dropFirst()) where token.id == next.id {
      throw next.node.refuse(
        expected: "one content for each id",
        found: "the id \(next.id ?? 0) for \(Self.quoted(token)) and for \(Self.quoted(next))")
    }
  }

  static func quoted(_ token: StatedToken) -> String { "\"\(token.content.prefix(80))\"" }
}
