import CleaveEvaluate
import CleaveModel
import CleaveRuntime
import CleaveStorage
import CleaveText

extension Quantizer {
  /// The number of windows, and of tokens in each, on which sensitivities are measured.
  private static let probe = (windows: 4, tokens: 128)

  func prepare(_ pool: ThreadPool) throws -> PreparedQuantization {
    let artifact = try openModel()
    // Made before any measurement, because most errors show without one.
    let outline = try QuantizationPlan(artifact, settings: settings)
    try refuseUnreadImportance()
    let text = try openText(of: artifact)
    let texts = text.map { text in (0..<text.windowCount).map { text.window($0).tokens } } ?? []
    let allocation = try allocate(artifact, outline, texts, pool)
    var plan = try QuantizationPlan(artifact, settings: settings, allocation: allocation)
    let importance = try openImportance(artifact, plan)
    plan.notes += importance?.notes(for: plan, artifact.manifest.configuration) ?? []
    return PreparedQuantization(
      artifact: artifact, plan: plan, allocation: allocation, importance: importance,
      texts: texts, textDigest: text?.digest)
  }

  private func openModel() throws -> Artifact {
    let artifact = try Artifact(opening: source)
    guard artifact.manifest.role == .model else {
      throw InputError(
        file: source, location: "role", found: artifact.manifest.role.rawValue, expected: "model",
        advice: "Quantize the model that the bundle was cut from, then run `cleave partition`.")
    }
    return artifact
  }

  private func openText(of artifact: Artifact) throws -> EvaluationText? {
    guard let text = settings.text else {
      guard !settings.needsText else {
        throw SettingError(
          .text, found: "none", expected: "a text to run the model on",
          advice: "Rounding with feedback and a target of bits measure the inputs of the weights.")
      }
      return nil
    }
    guard settings.needsText else {
      throw SettingError(
        .text, value: text.path, found: "settings that read no text",
        expected: "rounding with feedback or a target of bits beside a text")
    }
    try artifact.requireContext(ofWindows: text.windowLength)
    return try EvaluationText(
      path: text.path, tokenizer: try Tokenizer(artifact.tokenizerJSON()),
      windowLength: text.windowLength, windows: text.windows)
  }

  /// - Parameter outline: the plan without allocated types.
  private func allocate(
    _ artifact: Artifact, _ outline: QuantizationPlan, _ texts: [[Int]], _ pool: ThreadPool
  ) throws -> Allocation? {
    guard case .bitsPerWeight(let bits, let types) = settings.goal else { return nil }
    let fixed = outline.entries.filter { $0.reason != .allocated }.map { ($0.name, $0.type) }
    let texts = texts.prefix(Self.probe.windows).map { Array($0.prefix(Self.probe.tokens)) }
    return try Allocator(
      artifact: artifact, candidates: types, fixed: Dictionary(uniqueKeysWithValues: fixed),
      texts: texts, pool: pool,
      progress: { progress(.sensitivity, $0, $1) }
    ).run(bitsPerWeight: bits)
  }

  private func refuseUnreadImportance() throws {
    guard let path = settings.importance, settings.effort != .search else { return }
    throw SettingError(
      .importance, value: path,
      found: "effort \(settings.effort.rawValue), which reads no importance",
      expected: "effort search")
  }

  private func openImportance(
    _ artifact: Artifact, _ plan: QuantizationPlan
  ) throws -> ImportanceFile? {
    guard let path = settings.importance else { return nil }
    var importance = try ImportanceFile(path: path)
    if importance.origin == nil {
      importance = try renamed(importance, for: artifact)
    }
    try importance.check(against: artifact, plan: plan)
    return importance
  }

  private func renamed(
    _ importance: ImportanceFile, for artifact: Artifact
  ) throws -> ImportanceFile {
    let configuration = artifact.manifest.configuration
    guard let names = namesInGGUF(configuration) else {
      throw InputError(
        file: importance.path, found: "an importance matrix of llama.cpp",
        expected: "one of `cleave imatrix`: llama.cpp has no \(configuration.architecture) model")
    }
    return try importance.renamed(names, for: configuration)
  }
}
