import CleaveEvaluate
import CleaveModel
import CleavePrompts
import CleaveStorage
import CleaveText

/// The texts of some settings as tokens, each content once.
package struct TrainingData {
  package private(set) var texts: [TrainingText] = []
  /// A report for each source: texts first, then prompts, then the model's own.
  package private(set) var reports: [DataReport] = []
  private let settings: DataSettings
  private var reader: ContentReader

  /// - Parameter own: the prompts that the model wrote itself.
  /// - Throws: `InputError` for files that cannot be used, `SettingError` where nothing is left to train on.
  package init(
    _ settings: DataSettings, _ artifact: Artifact, tokenizer: Tokenizer,
    own: [SelfPrompting.Texts] = []
  ) throws {
    try settings.check()
    self.settings = settings
    reader = ContentReader(excluding: try settings.excludedContents())
    for path in settings.texts { try addWindows(of: path, tokenizer) }
    let prompts = try PromptTokenizer(
      artifact, tokenizer: tokenizer, longest: settings.longestPrompt,
      usesChatTemplate: settings.usesChatTemplate)
    for source in settings.prompts { try addPrompts(source, prompts) }
    for source in own { try addOwn(source, prompts) }
    guard texts.contains(where: { $0.split == .train }) else {
      throw SettingError(
        .trainingData, found: "\(texts.count) texts, none to train on", expected: "at least one")
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
      report.read += 1
      switch reader.take(digest) {
      case .excluded: report.excluded += 1
      case .repeated: report.duplicates += 1
      case .taken: add(tokens, promptLength: 0, digest, &report)
      }
    }
    reports.append(report)
  }

  // MARK: Prompts

  private mutating func addPrompts(_ source: PromptSource, _ prompts: PromptTokenizer) throws {
    var report = DataReport(name: "\(source.source.path):\(source.source.field)")
    let selection = try reader.read(source, skipsEmpty: true)
    report.read = selection.read
    report.empty = selection.empty
    report.excluded = selection.excluded
    report.duplicates = selection.repeated
    report.beyondCount = selection.beyondCount
    for candidate in selection.candidates {
      let (tokens, isCut) = try prompts.encode(candidate, source.format)
      if isCut { report.cut += 1 }
      add(tokens, promptLength: tokens.count, candidate.digest, &report)
    }
    reports.append(report)
  }

  private mutating func addOwn(_ source: SelfPrompting.Texts, _ prompts: PromptTokenizer) throws {
    var report = DataReport(name: source.name)
    let nothing = ContentDigest(of: "")
    for text in source.texts {
      report.read += 1
      let digest = ContentDigest(of: text)
      guard digest != nothing else {
        report.empty += 1
        continue
      }
      switch reader.take(digest) {
      case .excluded: report.excluded += 1
      case .repeated: report.duplicates += 1
      case .taken:
        let (tokens, isCut) = try prompts.encode(text, .plain)
        if isCut { report.cut += 1 }
        add(tokens, promptLength: tokens.count, digest, &report)
      }
    }
    reports.append(report)
  }

  // MARK: Any

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
