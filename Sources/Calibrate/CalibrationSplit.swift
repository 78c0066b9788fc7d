import CleaveEvaluate
import CleaveModel

/// Prompts to choose by, and prompts to promise by: no content is in both.
struct CalibrationSplit {
  /// All of them; the others are indices into it.
  let prompts: [Recording.Prompt]
  let tuning: [Int]
  /// In an order drawn from contents and seed alone, as bets ask for.
  let calibration: [Int]
  let sources: [PromptSource]

  /// - Throws: `InputError` for prompts that cannot be used, and where the tuning prompts given are
  ///   among the calibration prompts.
  init(_ artifact: Artifact, _ settings: Calibration.Settings) throws {
    func set(_ sources: [PromptSource]) throws -> [Recording.Prompt] {
      var wanted = PromptSet.Settings(longest: settings.longestPrompt)
      wanted.sources = sources
      wanted.limit = settings.limit
      wanted.excluded = settings.excluded
      wanted.usesChatTemplate = settings.usesChatTemplate
      wanted.references = settings.references
      return try PromptSet(wanted, artifact, tokenizer: try artifact.tokenizer()).prompts.map {
        .init(
          tokens: $0.tokens, text: $0.text, references: $0.references, digest: $0.digest)
      }
    }
    let given = try set(settings.prompts)
    sources = settings.prompts + settings.tuningPrompts
    func order(_ prompts: [Recording.Prompt], _ indices: some Sequence<Int>) -> [Int] {
      let keys = prompts.map { $0.digest.draw(seed: settings.seed, for: "calibration order") }
      return indices.sorted {
        (keys[$0], prompts[$0].digest.sha256) < (keys[$1], prompts[$1].digest.sha256)
      }
    }
    guard settings.tuningPrompts.isEmpty else {
      let others = try set(settings.tuningPrompts)
      try Self.checkDisjoint(others, given, settings)
      prompts = given + others
      tuning = order(prompts, given.count..<prompts.count)
      calibration = order(prompts, 0..<given.count)
      return
    }
    prompts = given
    let drawn = order(given, given.indices)
    let count = Int((Double(given.count) * settings.tuningShare).rounded())
    tuning = drawn.prefix(count).sorted()
    calibration = Array(drawn.dropFirst(count))
    guard !tuning.isEmpty, !calibration.isEmpty else {
      throw InputError(
        file: settings.prompts.map(\.source.path).joined(separator: ", "),
        found: "\(given.count) prompts, \(tuning.count) of them to tune on",
        expected: "at least one to tune on and one to calibrate on")
    }
  }

  private static func checkDisjoint(
    _ tuning: [Recording.Prompt], _ calibration: [Recording.Prompt],
    _ settings: Calibration.Settings
  ) throws {
    let known = Set(calibration.map(\.digest))
    guard let both = tuning.first(where: { known.contains($0.digest) }) else { return }
    throw InputError(
      file: settings.tuningPrompts.map(\.source.path).joined(separator: ", "),
      found: "the text of SHA-256 \(both.digest.sha256), which is to be calibrated on",
      expected: "tuning prompts that are not among those of --prompts")
  }

  func data(_ indices: [Int]) -> CalibrationData {
    let lines = indices.map { prompts[$0].digest.sha256 + "\n" }.sorted().joined()
    return CalibrationData(
      prompts: indices.count, sha256: FileDigest(of: Array(lines.utf8)).sha256)
  }

  func digests(_ indices: [Int]) -> [String] {
    indices.map { String(prompts[$0].digest.sha256.prefix(CalibrationEvidence.digits)) }.sorted()
  }
}
