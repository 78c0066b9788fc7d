import CleaveEvaluate
import CleaveModel
import CleaveStorage
import CleaveText

/// All the texts of some settings, as tokens. Every content is there once.
package struct TrainingData {
  package private(set) var texts: [TrainingText] = []
  /// Of each source: texts first, then prompts.
  package private(set) var reports: [DataReport] = []
  private let settings: DataSettings
  private var seen: Set<ContentDigest> = []
  private let excluded: Set<ContentDigest>

  /// - Throws: `InputError` for files that cannot be used, and where nothing is left to train on.
  package init(_ settings: DataSettings, _ artifact: Artifact, tokenizer: Tokenizer) throws {
    try settings.check()
    self.settings = settings
    excluded = try Set(
      settings.excluded.flatMap {
        try JSONLines(path: $0.path).texts(of: $0.field).map { ContentDigest(of: $0) }
      })
    for path in settings.texts { try addWindows(of: path, tokenizer) }
    let prompts = try PromptTokenizer(
      artifact, tokenizer: tokenizer, longest: settings.longestPrompt,
      usesChatTemplate: settings.usesChatTemplate)
    for source in settings.prompts { try addPrompts(source, prompts) }
    guard texts.contains(where: { $0.split == .train }) else {
      throw InputError(
        file: "data", found: "\(texts.count) texts, none to train on", expected: "at least one")
    }
  }

  // MARK: Text files

  private mutating func addWindows(of path: String, _ tokenizer: Tokenizer) throws {
    var report = DataReport(name: path)
    let text = try EvaluationText(
      path: path, tokenizer: tokenizer, windowLength: settings.longest)
    for index in 0..<text.windowCount {
      let tokens = text.window(index).tokens
      let digest = ContentDigest(of: tokenizer.decode(tokens, skipSpecialTokens: true))
      guard accept(digest, &report) else { continue }
      add(tokens, promptLength: 0, digest, &report)
    }
    reports.append(report)
  }

  // MARK: Prompts

  private mutating func addPrompts(_ source: PromptSource, _ prompts: PromptTokenizer) throws {
    var report = DataReport(name: "\(source.source.path):\(source.source.field)")
    let nothing = ContentDigest(of: "")
    var candidates: [(text: String, digest: ContentDigest)] = []
    for text in try JSONLines(path: source.source.path).texts(of: source.source.field) {
      let digest = ContentDigest(of: text)
      guard digest != nothing else {
        report.read += 1
        report.empty += 1
        continue
      }
      if accept(digest, &report) { candidates.append((text, digest)) }
    }
    let chosen = choose(source.count, of: candidates.map(\.digest), &report)
    for (text, digest) in candidates {
      guard chosen.contains(digest) else {
        // Another source may still ask for it.
        seen.remove(digest)
        continue
      }
      let (tokens, isCut) = try prompts.encode(text, source.format)
      if isCut { report.cut += 1 }
      add(tokens, promptLength: tokens.count, digest, &report)
    }
    reports.append(report)
  }

  private func choose(
    _ count: Int?, of digests: [ContentDigest], _ report: inout DataReport
  ) -> Set<ContentDigest> {
    guard let count, digests.count > count else { return Set(digests) }
    report.beyondCount = digests.count - count
    return Set(digests.sorted { $0.sha256 < $1.sha256 }.prefix(count))
  }

  // MARK: Either

  private mutating func accept(_ digest: ContentDigest, _ report: inout DataReport) -> Bool {
    report.read += 1
    if excluded.contains(digest) {
      report.excluded += 1
      return false
    }
    guard seen.insert(digest).inserted else {
      report.duplicates += 1
      return false
    }
    return true
  }

  private mutating func add(
    _ tokens: [Int], promptLength: Int, _ digest: ContentDigest, _ report: inout DataReport
  ) {
    let split = Split(of: digest, seed: settings.seed, oneIn: settings.heldOutOneIn)
    if split == .train { report.train += 1 } else { report.heldOut += 1 }
    texts.append(
      TrainingText(
        tokens: tokens, promptLength: promptLength, digest: digest, split: split,
        source: reports.count))
  }
}
