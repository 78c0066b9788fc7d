import ArgumentParser
import CleaveStorage
import CleaveTrain

/// Options of how exits are trained.
struct TrainingOptions: ParsableArguments {
  @Option(help: "Number of times that every text is read (default: 4).")
  var epochs: Double?

  @Option(help: "Number of steps of the optimizer, instead of --epochs.")
  var steps: Int?

  @Option(
    help: """
      Train as many steps as fit in this time, by the pace of the first ones: 90s, 20m, 1h. The time of \
      the capture does not count.
      """,
    transform: TrainingOptions.seconds)
  var timeBudget: Double?

  @Flag(
    inversion: .prefixedNo,
    help: """
      Begin with affine maps and bodies that least squares finds on the capture, instead of ones that change \
      nothing (default: where a tail has a map or a readout).
      """)
  var fit: Bool?

  @Option(help: "The highest learning rate.")
  var rate = TrainingSettings().rate

  @Option(
    help: "Learning rate of the maps before tails, as a share of --rate.")
  var mapRate = TrainingSettings().mapRate

  @Option(
    help:
      "Weights of the exits' losses in rising depth, with commas, as in 0.3,1 (default: 1 for each).",
    transform: TrainingOptions.weights)
  var exitWeights: [Double]?

  @Option(help: "Number of tokens of a micro-batch; more tokens take more memory.")
  var batchTokens = TrainingSettings().batchTokens

  @Option(help: "Number of micro-batches of a step.")
  var accumulation = TrainingSettings().accumulation

  @Option(
    help: """
      Weight of the model's most probable token in the loss: 0 is the KL divergence from the model, 1 \
      the cross-entropy of that token.
      """)
  var answerShare = LossSettings().answerShare

  @Option(
    help: "The loss of a token is weighted by (1 - probability of the right token) to this power.")
  var focus = LossSettings().focus

  @Option(help: "Weight of positions inside prompts; positions of continuations have weight 1.")
  var promptWeight = LossSettings().promptWeight

  @Option(
    help: """
      Weight of a second loss, smooth L1 between an exit's last hidden state and the model's own, both \
      normed; 0 leaves it out.
      """)
  var stateWeight = LossSettings().stateWeight

  @Option(
    help: """
      Number of sampled tokens that stand for the part of the vocabulary which the capture does not \
      hold (default: 2048).
      """)
  var negatives: Int?

  @Flag(
    help: "Compute the loss over the whole vocabulary: slower, and what --negatives approximates.")
  var fullVocabulary = false

  @Option(
    help: "Type of matrix products, bf16 or float32 (default: bf16 where the processor has it).")
  var precision = TrainingPrecision.best

  @Option(help: "Type in which the trained matrices are stored: q8_0, f16, bf16 or f32.")
  var store = "q8_0"

  @Option(help: "Seed of the order of the texts and of the samples.")
  var seed: UInt64 = 1

  @Option(help: "Number of evaluations on the held-out texts during training.")
  var evaluations = TrainingSettings().evaluations

  @Option(
    help: "Stop after this many evaluations without a better held-out loss; 0 never stops early.")
  var patience = TrainingSettings().patience ?? 0

  // Hidden: for tests of training that is killed soon.
  @Option(help: ArgumentHelp("Seconds between training snapshots.", visibility: .hidden))
  var snapshotEvery = TrainingSettings().snapshotInterval

  static func seconds(_ text: String) throws -> Double {
    let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600]
    guard let last = text.last, let unit = units[last], let number = Double(text.dropLast()),
      number > 0, number * unit <= 1e7
    else {
      throw ValidationError("\(text): expected a time as in 90s, 20m or 1h, up to 1e7 seconds")
    }
    return number * unit
  }

  static func weights(_ text: String) throws -> [Double] {
    let weights = text.split(separator: ",", omittingEmptySubsequences: false).map {
      Double($0) ?? -1
    }
    guard weights.allSatisfy({ $0 > 0 && $0 <= 1000 }) else {
      throw ValidationError(
        "\(text): expected numbers above 0 with commas, at most 1000 each")
    }
    return weights
  }

  static let types: [String: TensorType] = ["q8_0": .q8_0, "f16": .f16, "bf16": .bf16, "f32": .f32]
  var storedType: TensorType { Self.types[store] ?? .q8_0 }

  func check() throws {
    try Self.checkStore(store)
    guard precision.isSupported else {
      throw refuse("--precision", precision, "float32 on this processor")
    }
    guard [epochs != nil, steps != nil, timeBudget != nil].filter({ $0 }).count <= 1 else {
      throw ValidationError("--epochs, --steps and --time-budget: expected at most one of them")
    }
    guard !fullVocabulary || negatives == nil else {
      throw ValidationError("--negatives does not go with --full-vocabulary: expected one of them")
    }
    try checkAmounts()
    try checkLoss()
  }

  static func checkStore(_ store: String) throws {
    guard types[store] != nil else {
      throw refuse("--store", store, "one of \(types.keys.sorted().joined(separator: ", "))")
    }
  }

  static func checkBatchTokens(_ tokens: Int) throws {
    guard (16...65536).contains(tokens) else {
      throw refuse("--batch-tokens", tokens, "16 to 65536")
    }
  }

  private static func refuse(
    _ option: String, _ value: Any, _ expected: String
  ) -> ValidationError {
    ValidationError("\(option) \(value): expected \(expected)")
  }

  private func refuse(_ option: String, _ value: Any, _ expected: String) -> ValidationError {
    Self.refuse(option, value, expected)
  }

  private func checkAmounts() throws {
    if let epochs, !(epochs > 0 && epochs <= 10_000) {
      throw refuse("--epochs", epochs, "above 0, at most 10000")
    }
    if let steps, !(1...10_000_000).contains(steps) {
      throw refuse("--steps", steps, "1 to 10000000")
    }
    guard rate > 0, rate < 1 else { throw refuse("--rate", rate, "above 0 and below 1") }
    guard mapRate >= 0, mapRate <= 1 else {
      throw refuse("--map-rate", mapRate, "from 0 to 1")
    }
    try Self.checkBatchTokens(batchTokens)
    guard (1...1024).contains(accumulation) else {
      throw refuse("--accumulation", accumulation, "1 to 1024")
    }
    guard evaluations >= 1 else { throw refuse("--evaluations", evaluations, "at least 1") }
    guard patience >= 0 else { throw refuse("--patience", patience, "at least 0") }
    guard (0...1e6).contains(snapshotEvery) else {
      throw refuse("--snapshot-every", snapshotEvery, "0 to 1000000")
    }
  }

  private func checkLoss() throws {
    guard (0...1).contains(answerShare) else {
      throw refuse("--answer-share", answerShare, "0 to 1")
    }
    guard (0...8).contains(focus) else { throw refuse("--focus", focus, "0 to 8") }
    guard (0...1).contains(promptWeight) else {
      throw refuse("--prompt-weight", promptWeight, "0 to 1")
    }
    guard (0...1000).contains(stateWeight) else {
      throw refuse("--state-weight", stateWeight, "0 to 1000")
    }
    if let negatives, negatives < 1 { throw refuse("--negatives", negatives, "at least 1") }
  }

  func settings() -> TrainingSettings {
    var settings = TrainingSettings()
    settings.loss.answerShare = answerShare
    settings.loss.focus = focus
    settings.loss.promptWeight = promptWeight
    settings.loss.stateWeight = stateWeight
    settings.loss.negatives = fullVocabulary ? nil : negatives ?? settings.loss.negatives
    settings.epochs = epochs ?? settings.epochs
    settings.steps = steps
    settings.timeBudget = timeBudget
    settings.rate = rate
    settings.mapRate = mapRate
    settings.exitWeights = exitWeights ?? []
    settings.batchTokens = batchTokens
    settings.accumulation = accumulation
    settings.precision = precision
    settings.seed = seed
    settings.evaluations = evaluations
    settings.snapshotInterval = snapshotEvery
    settings.patience = patience == 0 ? nil : patience
    return settings
  }
}

extension TrainingPrecision: ExpressibleByArgument {}
