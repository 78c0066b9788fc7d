import CleaveEvaluate
import CleaveModel
import CleaveRuntime

/// Everything that is known before the first byte is written.
struct PreparedQuantization {
  let artifact: Artifact
  let plan: QuantizationPlan
  let allocation: Allocation?
  let importance: ImportanceFile?
  /// Windows of the text, as tokens.
  let texts: [[Int]]
  let textDigest: FileDigest?
}

extension Quantizer {
  /// Tokens of each window that sensitivities are measured on, and how many windows.
  private static let probe = (windows: 4, tokens: 128)

  func prepare(_ pool: ThreadPool) throws -> PreparedQuantization {
    let artifact = try openModel()
    let text = try openText(of: artifact)
    let texts = text.map { text in (0..<text.windowCount).map { text.window($0).tokens } } ?? []
    let allocation = try allocate(artifact, texts, pool)
    let plan = try QuantizationPlan(artifact, settings: settings, allocation: allocation)
    return PreparedQuantization(
      artifact: artifact, plan: plan, allocation: allocation,
      importance: try openImportance(artifact, plan), texts: texts, textDigest: text?.digest)
  }

  private func openModel() throws -> Artifact {
    let artifact = try Artifact(opening: source)
    guard artifact.manifest.role == .model else {
      throw InputError(
        file: source, place: "role", found: artifact.manifest.role.rawValue, expected: "model",
        advice: "Quantize the model that the bundle was cut from, then run `cleave partition`.")
    }
    return artifact
  }

  private func openText(of artifact: Artifact) throws -> EvaluationText? {
    guard let text = settings.text else {
      guard !settings.needsText else {
        throw InputError(
          file: "--data", found: "no text", expected: "one, to run the model on",
          advice: "--effort feedback and --target-bpw measure what the weights meet.")
      }
      return nil
    }
    guard settings.needsText else {
      throw InputError(
        file: text.path, found: "settings that read no text",
        expected: "--effort feedback or --target-bpw beside --data")
    }
    return try EvaluationText(
      path: text.path, tokenizer: try Tokenizer(artifact.tokenizerJSON()),
      windowLength: text.windowLength, windows: text.windows)
  }

  private func allocate(
    _ artifact: Artifact, _ texts: [[Int]], _ pool: ThreadPool
  ) throws -> Allocation? {
    guard case .bitsPerWeight(let bits, let types) = settings.goal else { return nil }
    let texts = texts.prefix(Self.probe.windows).map { Array($0.prefix(Self.probe.tokens)) }
    return try Allocator(
      artifact: artifact, candidates: types, texts: texts, pool: pool,
      progress: { progress(.sensitivity, $0, $1) }
    ).run(bitsPerWeight: bits)
  }

  private func openImportance(
    _ artifact: Artifact, _ plan: QuantizationPlan
  ) throws -> ImportanceFile? {
    guard let path = settings.importance else { return nil }
    guard settings.effort == .search else {
      throw InputError(
        file: path, found: "--effort \(settings.effort.rawValue), which does not look at it",
        expected: "--effort search beside --imatrix")
    }
    let importance = try ImportanceFile(path: path)
    try importance.check(against: artifact, plan: plan)
    return importance
  }
}
