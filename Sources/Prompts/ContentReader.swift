import CleaveStorage

/// Reads prompts source by source and takes each content once, those to be excluded left out.
package struct ContentReader {
  package struct Candidate {
    /// The text, uncut.
    package let text: String
    package let digest: ContentDigest
    /// The conversation whose text it is, where the source has conversations.
    package let conversation: Conversation?
    /// Right answers, where the source has a field of them.
    package let references: [String]
  }

  /// The texts chosen from one source, and the numbers of those left out.
  package struct Selection {
    /// The chosen texts, in the order of the file.
    package fileprivate(set) var candidates: [Candidate] = []
    package fileprivate(set) var read = 0
    /// Texts of nothing but white space, where these are left out.
    package fileprivate(set) var empty = 0
    /// Texts whose content is to be left out.
    package fileprivate(set) var excluded = 0
    /// Texts whose content was taken before, from this source or an earlier one.
    package fileprivate(set) var repeated = 0
    /// Texts beyond the number asked for.
    package fileprivate(set) var beyondCount = 0
    /// The contents of all texts read, taken or not.
    package fileprivate(set) var contents: Set<ContentDigest> = []
  }

  package enum Verdict {
    case taken, excluded, repeated
  }

  private let excluded: Set<ContentDigest>
  private var seen: Set<ContentDigest> = []

  package init(excluding excluded: Set<ContentDigest>) { self.excluded = excluded }

  /// Whether a content is to be used. One that is taken is repeated from then on.
  package mutating func take(_ digest: ContentDigest) -> Verdict {
    if excluded.contains(digest) { return .excluded }
    return seen.insert(digest).inserted ? .taken : .repeated
  }

  /// Reads one source. Where it has more contents than asked for, those with the smallest digests are
  /// chosen: a fair choice, whatever the order of the file.
  ///
  /// - Parameters:
  ///   - limit: how many to choose when the source does not say itself; nil for all.
  ///   - references: the field of right answers, a string or an array of them; nil for none.
  ///   - skipsEmpty: leave out texts of nothing but white space.
  /// - Throws: `InputError` for a file that cannot be used.
  package mutating func read(
    _ source: PromptSource, limit: Int? = nil, references: String? = nil, skipsEmpty: Bool = false
  ) throws -> Selection {
    var selection = Selection()
    let nothing = skipsEmpty ? ContentDigest(of: "") : nil
    let contents = try JSONLines(path: source.source.path).contents(
      of: source.source.field, references: references)
    for content in contents {
      try Self.check(content, source)
      selection.read += 1
      let digest = ContentDigest(of: content.text)
      guard digest != nothing else {
        selection.empty += 1
        continue
      }
      selection.contents.insert(digest)
      switch take(digest) {
      case .taken:
        selection.candidates.append(
          Candidate(
            text: content.text, digest: digest, conversation: content.conversation,
            references: content.references))
      case .excluded: selection.excluded += 1
      case .repeated: selection.repeated += 1
      }
    }
    if let count = source.count ?? limit { choose(count, &selection) }
    return selection
  }

  private static func check(_ content: JSONLines.Content, _ source: PromptSource) throws {
    guard content.conversation != nil, source.format != .plain else { return }
    throw InputError(
      file: source.source.path, location: source.source.field,
      found: "a conversation beside a FORMAT", expected: "a string to put into the format",
      advice: "Leave the FORMAT out: the chat template is put around a conversation.")
  }

  private mutating func choose(_ count: Int, _ selection: inout Selection) {
    let candidates = selection.candidates
    guard candidates.count > count else { return }
    let chosen = Set(candidates.map(\.digest.sha256).sorted().prefix(count))
    selection.beyondCount = candidates.count - chosen.count
    selection.candidates = candidates.filter { chosen.contains($0.digest.sha256) }
    // Another source may still ask for the others.
    for candidate in candidates where !chosen.contains(candidate.digest.sha256) {
      seen.remove(candidate.digest)
    }
  }
}
