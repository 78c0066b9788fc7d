import CleaveStorage

/// The added tokens of a tokenizer.json, to which tokens stated elsewhere are added as transformers
/// and the tokenizers package add them: one that the vocabulary has keeps its id, a new one gets
/// the next free id.
struct AddedTokenList {
  private let root: JSONNode
  private var tokens: [(id: Int, token: StatedToken)] = []
  /// The indices in `tokens` by content.
  private var indices: [[UInt8]: Int] = [:]
  /// The ids in the model's vocabulary of the tokens in question, and the reverse.
  private var ids: [[UInt8]: Int] = [:]
  private var contents: [Int: String] = [:]
  /// The id that a new token gets.
  private var nextID = 0
  private var isChanged = false

  /// - Parameter stated: the tokens that are going to be added.
  init(_ root: JSONNode, for stated: StatedTokens) throws {
    self.root = root
    for node in try root.optional("added_tokens")?.elements() ?? [] {
      let token = try StatedToken(node, isSpecial: false)
      append(token, id: try node.required("id").int(in: 0...(1 << 31)))
    }
    let model = try Self.modelVocabulary(root)
    nextID = max(nextID, model.count)
    let wanted = stated.namedKeys.union((stated.decoder + stated.extra).map(\.key))
    let wantedIDs = Set(stated.decoder.compactMap(\.id))
    for (content, id) in model {
      if wanted.contains(Array(content.utf8)) { ids[Array(content.utf8)] = id }
      if wantedIDs.contains(id), contents[id] == nil { contents[id] = content }
    }
  }

  /// The tokens of the model. Values that are no ids are left to the tokenizer's own checks.
  private static func modelVocabulary(_ root: JSONNode) throws -> [(content: String, id: Int)] {
    let vocabulary = try root.required("model").required("vocab")
    guard case .array(let pieces) = vocabulary.value else {
      return try vocabulary.object().members.compactMap { name, value in
        if case .integer(let id) = value { (name, Int(id)) } else { nil }
      }
    }
    return pieces.enumerated().compactMap { id, piece in
      guard case .array(let pair) = piece, case .string(let text)? = pair.first else { return nil }
      return (text, id)
    }
  }

  /// The tokenizer.json with all tokens; nil if it has them already.
  var changed: JSONNode? {
    guard isChanged, case .object(var object) = root.value else { return nil }
    object["added_tokens"] = .array(
      tokens.sorted { $0.id < $1.id }.map { $0.token.entry(id: $0.id) })
    return JSONNode(.object(object), file: root.file)
  }

  /// Adds the stated tokens.
  mutating func add(_ stated: StatedTokens) throws {
    let named = stated.namedKeys
    for var token in stated.decoder {
      try checkID(of: token)
      if let index = indices[token.key], tokens[index].token.isSame(as: token) { continue }
      if named.contains(token.key) { token.isSpecial = true }
      add(token)
    }
    // Other files only add tokens, and do not change how one that is there is matched.
    for token in stated.named.map(\.token) + stated.extra where indices[token.key] == nil {
      add(token)
    }
  }

  private func id(of token: StatedToken) -> Int? {
    indices[token.key].map { tokens[$0].id } ?? ids[token.key]
  }

  private mutating func append(_ token: StatedToken, id: Int) {
    indices[token.key] = tokens.count
    tokens.append((id, token))
    contents[id] = token.content
    nextID = max(nextID, id + 1)
  }

  private mutating func add(_ token: StatedToken) {
    guard !token.content.isEmpty else { return }
    isChanged = true
    if let index = indices[token.key] {
      tokens[index].token = tokens[index].token.replaced(by: token)
      return
    }
    append(token, id: id(of: token) ?? nextID)
  }

  /// Checks that a stated id is the one that the token gets. transformers ignores another one, which
  /// would leave the model with a token whose embedding is another's.
  private func checkID(of token: StatedToken) throws {
    guard let stated = token.id, !token.content.isEmpty else { return }
    let name = StatedTokens.quoted(token)
    if let other = contents[stated], !other.isSame(token.content) {
      throw token.node.refuse(
        expected: "one content for each id",
        found: "the id \(stated) for \(name), which \(root.file) has for \"\(other.prefix(80))\"")
    }
    let id = id(of: token) ?? nextID
    guard stated == id else {
      throw token.node.refuse(
        expected: "\(id), its id in the vocabulary of \(root.file) or the next free one",
        found: "the id \(stated) for \(name)")
    }
  }
}
