import CleaveStorage

/// The tokens of the model and the added tokens, by id and by text, while they are read.
struct Vocabulary: Sendable {
  /// The limit on ids, whatever the number of tokens.
  static let largestCount = 1 << 24
  /// The most unused ids. Tables have one entry per id, so that a short file with one huge id must
  /// not allocate gigabytes; real vocabularies have few gaps.
  static let mostUnusedIDs = 1 << 16

  /// The tokens as spelled in the file.
  private(set) var spelled = TokenTable()
  private let limit: Int
  /// The id that the next added token gets which the model lacks, by the tokenizers package from 0.22 on.
  private var next: Int
  /// The same by versions before: beyond all added tokens so far, also those that the model has. The two differ only
  /// where the model's ids have gaps.
  private var nextBefore: Int

  /// - Parameter own, added: the numbers of tokens and of added tokens that the file lists.
  init(own: Int, added: Int) {
    limit = min(2 * (own + added) + Self.mostUnusedIDs, Self.largestCount)
    next = own
    nextBefore = own
    spelled.reserve(tokens: own + added)
  }

  var count: Int { spelled.count }

  func id(of token: String) -> Int? { spelled.id(of: token.utf8) }

  func token(of id: Int) -> String? {
    spelled[id].map { String(decoding: $0, as: UTF8.self) }
  }

  /// The id that `node` states, checked to be in range and unused.
  func newID(_ node: JSONNode, for token: String) throws -> Int {
    guard case .integer(let id) = node.value, (0..<Int64(limit)).contains(id) else {
      throw node.refuse(
        expected: "a token id from 0 to \(limit - 1), not far beyond the number of tokens")
    }
    if let other = self.token(of: Int(id)) {
      throw node.refuse(
        expected: "every id once",
        found: "the id \(id) for \"\(token.prefix(80))\" and for \"\(other.prefix(80))\"")
    }
    return Int(id)
  }

  /// Adds a token under an id that `newID` returned.
  mutating func add(_ token: String, id: Int) { spelled.set(id, token.utf8) }

  /// The id of an added token, which is added if the model lacks it.
  ///
  /// A token that the model also has keeps the model's id, and the others are numbered on from the number of the
  /// model's tokens: so does the tokenizers package, whatever the file states. A file that states an id which no version
  /// of it gives is refused.
  mutating func resolve(_ content: String, _ node: JSONNode) throws -> Int {
    if let known = id(of: content) {
      guard case .integer(Int64(known)) = node.value else {
        throw node.refuse(
          expected: "\(known), the id in the vocabulary, for \"\(content.prefix(80))\"")
      }
      nextBefore = max(nextBefore, known + 1)
      return known
    }
    guard case .integer(let stated) = node.value,
      stated == Int64(next) || stated == Int64(nextBefore)
    else {
      throw node.refuse(
        expected: "\(next), the next id after the model's tokens, for \"\(content.prefix(80))\"")
    }
    let id = try newID(node, for: content)
    add(content, id: id)
    next += 1
    nextBefore = max(nextBefore, id + 1)
    return id
  }
}
