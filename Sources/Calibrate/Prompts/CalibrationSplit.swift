import CleaveEvaluate
import CleaveModel
import CleaveStorage

/// The prompts divided in two: tuning prompts choose policies, calibration prompts test them. No content is in
/// both.
struct CalibrationSplit {
  /// All prompts. The other lists are indices into this one.
  let prompts: [Recording.Prompt]
  let tuning: [Int]
  /// The calibration prompts in an order that depends on contents and seed alone, as betting requires.
  let calibration: [Int]
  /// The sources with their digests, taken before anything ran.
  let sources: [CalibrationEvidence.Source]

  /// - Throws: `InputError` for prompts that cannot be used, and where a tuning prompt is also a calibration
  ///   prompt.
  init(_ artifact: Artifact, _ settings: CalibrationSettings) throws {
    let given = try CalibrationPrompts(settings.prompts, artifact, settings)
    guard settings.tuningPrompts.isEmpty else {
      let others = try CalibrationPrompts(settings.tuningPrompts, artifact, settings)
      try Self.checkDisjoint(others.prompts, given.prompts, settings)
      prompts = given.prompts + others.prompts
      sources = given.sources + others.sources
      tuning = Self.order(prompts, given.prompts.count..<prompts.count, settings)
      calibration = Self.order(prompts, 0..<given.prompts.count, settings)
      return
    }
    prompts = given.prompts
    sources = given.sources
    let drawn = Self.order(prompts, prompts.indices, settings)
    let count = settings.tuningCount(of: prompts.count)
    tuning = drawn.prefix(count).sorted()
    calibration = Array(drawn.dropFirst(count))
    guard !tuning.isEmpty, !calibration.isEmpty else {
      throw settings.tooFew(prompts.count, tuning: tuning.count)
    }
  }

  private static func order(
    _ prompts: [Recording.Prompt], _ indices: some Sequence<Int>, _ settings: CalibrationSettings
  ) -> [Int] {
    let keys = prompts.map { $0.digest.draw(seed: settings.seed, for: "calibration order") }
    return indices.sorted {
      (keys[$0], prompts[$0].digest.sha256) < (keys[$1], prompts[$1].digest.sha256)
    }
  }

  private static func checkDisjoint(
    _ tuning: [Recording.Prompt], _ calibration: [Recording.Prompt],
    _ settings: CalibrationSettings
  ) throws {
    let (known, asked) = (Set(calibration.map(\.digest)), Set(calibration.map(\.tokens)))
    guard
      let both = tuning.first(where: { known.contains($0.digest) || asked.contains($0.tokens) })
    else { return }
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
