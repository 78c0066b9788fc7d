import CleaveStorage
import CleaveTrain

extension BuildRecipe {
  /// The texts that exits learn from.
  func dataSettings() throws -> DataSettings {
    let train = section("train")
    var data = DataSettings()
    data.texts = train.list("data").compactMap(\.scalar).map(path)
    data.prompts = try prompts(train.list("prompts"))
    data.excluded = train.list("exclude").map(texts)
    data.selfPrompts = train.integer("self_prompt").map { .init(count: $0) }
    data.turns = train.integer("turns") ?? data.turns
    let newTokens = train.integer("self_generate") ?? (data.selfPrompts == nil ? nil : 128)
    data.continuation = newTokens.map {
      .init(maxTokens: $0, sampledShare: train.number("sampled_share") ?? 0)
    }
    data.longest = train.integer("longest") ?? 384
    data.heldOutOneIn = train.integer("held_out_one_in") ?? 20
    if let newTokens, data.longest <= newTokens {
      let node = train["longest"] ?? train["self_generate"] ?? train
      throw node.refuse(
        found: "texts of \(data.longest) tokens", expected: "more than the \(newTokens) new ones")
    }
    return data
  }

  var trainingSettings: TrainingSettings {
    let train = section("train")
    var settings = TrainingSettings()
    settings.steps = train.integer("steps")
    settings.epochs = train.number("epochs") ?? settings.epochs
    settings.timeBudget = train.seconds("time_budget")
    settings.rate = train.number("rate") ?? settings.rate
    settings.mapRate = train.number("map_rate") ?? settings.mapRate
    settings.exitWeights = train.list("exit_weights").compactMap {
      $0.scalar.flatMap(RecipeScalar.number)
    }
    settings.batchTokens = train.integer("batch_tokens") ?? settings.batchTokens
    settings.accumulation = train.integer("accumulation") ?? settings.accumulation
    settings.evaluations = train.integer("evaluations") ?? settings.evaluations
    if let patience = train.integer("patience") {
      settings.patience = patience == 0 ? nil : patience
    }
    settings.precision =
      train.text("precision").flatMap(TrainingPrecision.init(rawValue:)) ?? settings.precision
    settings.seed = train.integer("seed").map(UInt64.init) ?? settings.seed
    settings.loss = lossSettings(settings.loss)
    return settings
  }

  private func lossSettings(_ standard: LossSettings) -> LossSettings {
    let train = section("train")
    var loss = standard
    loss.answerShare = train.number("answer_share") ?? loss.answerShare
    loss.focus = train.number("focus") ?? loss.focus
    loss.stateWeight = train.number("state_weight") ?? loss.stateWeight
    loss.promptWeight = train.number("prompt_weight") ?? loss.promptWeight
    loss.negatives =
      train.flag("full_vocabulary") == true ? nil : train.integer("negatives") ?? loss.negatives
    return loss
  }

  /// Whether the capture holds the model's last hidden states, which a loss compares with.
  var capturesLastStates: Bool { trainingSettings.loss.stateWeight > 0 }

  /// The threads of training. Its last bits depend on them, so they do not follow the machine.
  var trainingThreads: Int { section("train").integer("threads") ?? 2 }

  /// The training of the recipe's exits.
  ///
  /// - Parameters:
  ///   - source, target, directory: model, output and work directory.
  ///   - store: a capture that is there already.
  func training(
    source: String, target: String, directory: String, store: String?
  ) throws -> ExitTraining {
    let train = section("train")
    let placement = placement
    var job = ExitTraining(
      source: source, target: target, exits: placement.records(threshold: threshold),
      directory: directory)
    job.fit = train.flag("fit") ?? placement.hasMaps ? FitSettings() : nil
    job.hasFeedback = placement.hasFeedback
    job.searchesTails = searchesTails
    job.tailStart = tailStart
    job.exitVocabulary = section("exits").integer("vocabulary")
    job.data = try dataSettings()
    job.store = store
    job.settings = trainingSettings
    job.topK = train.integer("teacher_tokens") ?? job.topK
    job.largestStore = train.bytes("capture_limit") ?? 20_000_000_000
    job.storedType = Self.storedTypes[train.text("store") ?? ""] ?? .q8_0
    return job
  }

  private static let storedTypes: [String: TensorType] = [
    "q8_0": .q8_0, "f16": .f16, "bf16": .bf16, "f32": .f32,
  ]
}
