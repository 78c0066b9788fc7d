import CleaveModel
import CleavePrompts
import CleaveRuntime
import CleaveStorage
import CleaveText

/// Captures what a model's exits are trained on: texts, the hidden states that the exits read, and the
/// whole model's most probable tokens at every position.
package struct Capture {
  private let plan: CapturePlan
  private let artifact: Artifact
  private let configuration: CaptureConfiguration
  private let key: CaptureKey
  /// Told of progress, on the thread that runs the capture.
  package var onEvent: (CaptureEvent) -> Void = { _ in }

  /// Opens the model.
  ///
  /// - Throws: `SettingError` and `InputError` for a plan that cannot be carried out with this model.
  package init(_ plan: CapturePlan) throws {
    self.plan = plan
    artifact = try Artifact(opening: plan.model)
    try artifact.require(role: .model)
    try plan.data.check()
    let model = artifact.manifest.configuration
    configuration = CaptureConfiguration(
      modelID: artifact.manifest.modelID, hiddenSize: model.hiddenSize,
      vocabularySize: model.vocabularySize, blockCount: model.blockCount, depths: plan.depths,
      topK: plan.topK)
    try plan.check(model)
    key = try CaptureKey(plan, artifact.manifest)
  }

  /// The store that is there already, if it was made of the same model, data and settings.
  ///
  /// - Throws: `InputError` for a damaged store, unless it may be replaced.
  package func existing() throws -> CaptureStore? {
    guard FileSystem.exists("\(plan.directory)/\(CaptureLayout.manifest)") else { return nil }
    let store: CaptureStore
    do {
      store = try CaptureStore(opening: plan.directory)
    } catch is InputError where plan.force {
      return nil
    }
    return store.key == key.key ? store : nil
  }

  /// Opens the store that is there already, or makes it.
  ///
  /// - Throws: `InputError` for bad input, for a store that would be too large, and where another
  ///   store stands; `OutputError` when it cannot be written.
  package func run() throws -> CaptureStore {
    if let store = try existing() { return store }
    let writer = try CaptureWriter(
      plan.directory, configuration, sources: sources, limit: plan.largestStore,
      force: plan.force)
    let (model, pool) = (try WholeModel(artifact), try ThreadPool(threads: plan.threads))
    let tokenizer = try artifact.tokenizer()
    let data = try TrainingData(
      plan.data, artifact, tokenizer: tokenizer, own: try ownPrompts(model, tokenizer, pool))
    onEvent(.data(data.reports))
    onEvent(.atMost(try largestSize(data.texts)))
    try capture(model, data.texts, pool, writer)
    return try CaptureStore(opening: plan.directory)
  }

  private var sources: [String] {
    [plan.model] + plan.data.texts + plan.data.prompts.map(\.source.path)
      + plan.data.excluded.map(\.path)
  }

  /// The prompts that the model writes itself, where any are asked for.
  private func ownPrompts(
    _ model: WholeModel, _ tokenizer: Tokenizer, _ pool: ThreadPool
  ) throws -> [SelfPrompting.Texts] {
    guard let settings = plan.data.selfPrompts else { return [] }
    let prompts = try promptTokenizer(tokenizer)
    let writing = try SelfPrompting(
      model, tokenizer: tokenizer, turn: try prompts.userTurn(), settings: settings,
      seed: plan.data.seed)
    return try writing.run(pool: pool) {
      onEvent(.progress(.prompt, done: $0, total: $1, tokens: $2))
    }
  }

  /// The size where every answer is as long as it may be.
  ///
  /// - Throws: `InputError` where the store may not be that large.
  private func largestSize(_ texts: [TrainingText]) throws -> CaptureSize {
    let more = plan.data.continuation?.maxTokens ?? 0
    let tokens = texts.reduce(0) { sum, text in
      guard text.isPrompt else { return sum + text.tokens.count }
      return sum + (plan.data.turns > 1 ? plan.data.longest : text.tokens.count + more)
    }
    let size = CaptureSize(configuration, sequences: texts.count, tokens: tokens)
    guard size.bytes <= plan.largestStore else {
      throw InputError(
        file: plan.directory,
        found: "a store of up to \(size.bytes) bytes (\(size.tokens) tokens)",
        expected: "at most \(plan.largestStore) bytes",
        advice: "Allow more, or ask for fewer texts, shorter ones or fewer depths.")
    }
    return size
  }

  /// Captures the texts in their order: first those that are not continued, then prompts with their answers.
  private func capture(
    _ model: WholeModel, _ texts: [TrainingText], _ pool: ThreadPool,
    _ writer: consuming CaptureWriter
  ) throws {
    let prompts = plan.data.continuation == nil ? nil : texts.firstIndex(where: \.isPrompt)
    let first = prompts ?? texts.count
    var tokens = 0
    try read(model, Array(texts[..<first]), pool) { index, states, top in
      try writer.append(texts[index], states: states, top: top)
      tokens += texts[index].tokens.count
      onEvent(.progress(.capture, done: index + 1, total: first, tokens: tokens))
    }
    try generate(model, texts[first...], pool) { text, states, top in
      try writer.append(text, states: states, top: top)
      tokens += text.tokens.count
    }
    onEvent(.exactly(CaptureSize(configuration, sequences: texts.count, tokens: tokens)))
    try writer.finish(key: key.key, settings: key.settings)
  }

  private func read(
    _ model: WholeModel, _ texts: [TrainingText], _ pool: ThreadPool,
    onEnd: (_ index: Int, _ states: [ScaledHalves], _ top: TeacherLogits) throws -> Void
  ) throws {
    guard !texts.isEmpty else { return }
    let pass = try TeacherPass(
      model, configuration, modelPath: plan.model,
      longest: texts.reduce(1) { max($0, $1.tokens.count) }, pool: pool)
    try pass.run(texts, onEnd: onEnd)
  }

  private func generate(
    _ model: WholeModel, _ texts: ArraySlice<TrainingText>, _ pool: ThreadPool,
    onEnd: (_ text: TrainingText, _ states: [ScaledHalves], _ top: TeacherLogits) throws -> Void
  ) throws {
    guard let continuation = plan.data.continuation, !texts.isEmpty else { return }
    let generation = SelfGeneration(
      model: model, settings: continuation, longest: plan.data.longest, seed: plan.data.seed,
      pool: pool)
    let pass = GeneratingPass(
      generation, configuration, modelPath: plan.model,
      conversations: try conversations(generation))
    try pass.run(
      Array(texts), first: texts.startIndex,
      progress: { onEvent(.progress(.generate, done: $0, total: $1, tokens: $2)) }, onEnd: onEnd)
  }

  private func conversations(_ generation: SelfGeneration) throws -> Conversations? {
    guard plan.data.turns > 1 else { return nil }
    let prompts = try promptTokenizer(try artifact.tokenizer())
    guard let joints = try prompts.joints(), let turn = try prompts.userTurn() else {
      throw SettingError(
        .turns, found: "\(plan.data.turns), and no chat template",
        expected: "1 for a model without a chat template")
    }
    return Conversations(
      generation, turns: plan.data.turns, joints: joints, end: turn.end, texts: plan.data.userTexts)
  }

  private func promptTokenizer(_ tokenizer: Tokenizer) throws -> PromptTokenizer {
    try PromptTokenizer(
      artifact, tokenizer: tokenizer, longest: plan.data.longestPrompt,
      usesChatTemplate: plan.data.usesChatTemplate)
  }
}
