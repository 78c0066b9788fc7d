import CleaveModel
import CleaveStorage
import CleaveText

/// The prompts of some sources, chosen and tokenized.
package struct PromptSet: Sendable {
  package struct Prompt: Equatable, Sendable {
    package let tokens: [Int]
    /// The digest of the text alone, whatever the format around it.
    package let digest: ContentDigest
    /// The text, uncut.
    package let text: String
    /// Right answers, where the settings name a field of them.
    package let references: [String]
  }

  package struct Settings: Sendable {
    package var sources: [PromptSource] = []
    /// The most prompts of a source that does not say itself; nil for all.
    package var limit: Int?
    /// Contents that are left out.
    package var excluded: Set<ContentDigest> = []
    /// The most tokens of a prompt; longer texts are cut.
    package var longest: Int
    /// Whether the chat template is put around every prompt.
    package var usesChatTemplate = true
    /// The field of right answers, a string or an array of them; nil for none.
    package var references: String?

    package init(longest: Int) { self.longest = longest }
  }

  /// The prompts, source by source in the order of the file.
  package private(set) var prompts: [Prompt] = []
  /// Number of prompts that were cut because they were too long.
  package private(set) var cut = 0
  /// Number of texts that were left out because their content is excluded.
  package private(set) var excluded = 0
  /// Number of texts that were left out because their content came before.
  package private(set) var repeated = 0
  /// Number of texts that were left out because there is nothing but white space in them.
  package private(set) var empty = 0
  /// Number of prompts taken from each source.
  package private(set) var counts: [Int] = []
  /// For each source, how many of all its contents the exits were trained on; nil where that is not recorded.
  package private(set) var known: [KnownContents?] = []

  /// - Throws: `InputError` for files that cannot be used, for a model without the template that is asked
  ///   for, for a text that the model was trained on, and where nothing is left.
  package init(_ settings: Settings, _ artifact: Artifact, tokenizer: Tokenizer) throws {
    try self.init(
      settings, artifact, tokenizer: tokenizer, trained: TrainedContents(of: artifact))
  }

  package init(
    _ settings: Settings, _ artifact: Artifact, tokenizer: Tokenizer, trained: TrainedContents
  ) throws {
    guard artifact.manifest.tokens.chatTemplate != nil || !settings.usesChatTemplate else {
      throw InputError(
        file: artifact.path, location: "chat_template", found: "none", expected: "a chat template",
        advice: "Give the prompts as they stand, with --plain.")
    }
    let encoder = try PromptTokenizer(
      artifact, tokenizer: tokenizer, longest: settings.longest,
      usesChatTemplate: settings.usesChatTemplate)
    var reader = ContentReader(excluding: settings.excluded)
    for source in settings.sources {
      let selection = try reader.read(
        source, limit: settings.limit, references: settings.references, skipsEmpty: true)
      excluded += selection.excluded
      repeated += selection.repeated
      empty += selection.empty
      counts.append(selection.candidates.count)
      known.append(trained.count(selection.contents))
      for candidate in selection.candidates {
        try refuse(candidate.digest, in: trained, source, artifact)
        let (tokens, isCut) = try encoder.encode(candidate, source.format)
        if isCut { cut += 1 }
        prompts.append(
          Prompt(
            tokens: tokens, digest: candidate.digest, text: candidate.text,
            references: candidate.references))
      }
    }
    guard !prompts.isEmpty else {
      throw InputError(
        file: settings.sources.map(\.source.path).joined(separator: ", "),
        found: "no prompts, \(excluded + empty) left out", expected: "at least one")
    }
  }

  private func refuse(
    _ digest: ContentDigest, in trained: TrainedContents, _ source: PromptSource,
    _ artifact: Artifact
  ) throws {
    guard trained.contains(digest) else { return }
    throw InputError(
      file: source.source.path, found: "the text of SHA-256 \(digest.sha256)",
      expected: "texts that the exits of \(artifact.path) were not trained on",
      advice: "Leave it out with --exclude-hashes.")
  }

  /// SHA-256 of a line for each prompt, its content's digest and a line end, in order of the digests.
  /// Format and template are not in it.
  package var contentSHA256: String {
    let lines = prompts.map { $0.digest.sha256 + "\n" }.sorted().joined()
    return FileDigest(of: Array(lines.utf8)).sha256
  }
}
