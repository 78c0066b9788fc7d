import CleaveModel

/// Where training stands besides the parameters: what a checkpoint needs to go on to the same bits.
struct TrainingState: Equatable {
  /// Steps done.
  var step = 0
  /// In all; set when training begins, so that a run that goes on follows the same schedule.
  var steps: Int
  /// Whether `steps` stands, or a time budget has yet to set it.
  var isPlanned: Bool
  var place = TrainingPlace()
  /// Tokens that went through the network.
  var tokens = 0
  /// Seconds of training, over all runs.
  var seconds = 0.0
  /// The best mean held-out loss, and the step it was seen at.
  var bestLoss = Double.infinity
  var bestStep = 0
  /// Evaluations since.
  var evaluationsSinceBest = 0
  var history: [TrainingRecord] = []
  /// Of the training loss since the last evaluation, for each exit: sum, and sum of weights.
  var lossSums: [Double]
  var lossWeights: [Double]

  init(steps: Int, isPlanned: Bool, exits: Int) {
    self.steps = steps
    self.isPlanned = isPlanned
    lossSums = Array(repeating: 0, count: exits)
    lossWeights = lossSums
  }
}

/// One line of the log: an evaluation.
public struct TrainingRecord: Equatable, Sendable {
  public var step: Int
  public var tokens: Int
  public var seconds: Double
  public var rate: Double
  /// Mean training loss since the last one, for each exit.
  public var losses: [Double]
  public var scores: [HeldOutScore]
}

extension TrainingRecord {
  public var json: JSON {
    [
      "step": .integer(Int64(step)), "tokens": .integer(Int64(tokens)), "seconds": .real(seconds),
      "rate": .real(rate), "training_loss": .array(losses.map { .real($0) }),
      "held_out": .array(scores.map(\.json)),
    ]
  }

  init(_ node: JSONNode, exits: Int) throws {
    step = try node.required("step").int(in: 0...(1 << 40))
    tokens = try node.required("tokens").int(in: 0...(1 << 50))
    seconds = try node.required("seconds").number()
    rate = try node.required("rate").number()
    losses = try node.required("training_loss").numbers(exits)
    let list = try node.required("held_out")
    scores = try list.elements().map { try HeldOutScore($0) }
    guard scores.count == exits else { throw list.refuse(expected: "\(exits) of them") }
  }
}

extension HeldOutScore {
  public var json: JSON {
    [
      "tokens": .integer(Int64(tokens)), "loss": .real(loss), "agreement": .real(agreement),
      "coverage_95": .real(coverage95), "coverage_90": .real(coverage90),
    ]
  }

  init(_ node: JSONNode) throws {
    tokens = try node.required("tokens").int(in: 0...(1 << 50))
    loss = try node.required("loss").number()
    agreement = try node.required("agreement").share()
    coverage95 = try node.required("coverage_95").share()
    coverage90 = try node.required("coverage_90").share()
  }
}

extension JSONNode {
  fileprivate func share() throws -> Double {
    let value = try number()
    guard (0...1).contains(value) else { throw refuse(expected: "a share, from 0 to 1") }
    return value
  }

  fileprivate func numbers(_ count: Int) throws -> [Double] {
    let values = try elements().map { try $0.number() }
    guard values.count == count else { throw refuse(expected: "\(count) numbers") }
    return values
  }
}

extension TrainingState {
  var json: JSON {
    [
      "step": .integer(Int64(step)), "steps": .integer(Int64(steps)),
      "epoch": .integer(Int64(place.epoch)), "batch": .integer(Int64(place.batch)),
      "tokens": .integer(Int64(tokens)), "seconds": .real(seconds),
      "best_loss": bestLoss.isFinite ? .real(bestLoss) : .null,
      "best_step": .integer(Int64(bestStep)),
      "evaluations_since_best": .integer(Int64(evaluationsSinceBest)),
      "is_planned": .bool(isPlanned), "loss_sums": .array(lossSums.map { .real($0) }),
      "loss_weights": .array(lossWeights.map { .real($0) }),
      "history": .array(history.map(\.json)),
    ]
  }

  /// - Parameter exits: how many there are.
  init(_ node: JSONNode, exits: Int) throws {
    let large = 0...(1 << 50)
    steps = try node.required("steps").int(in: 1...(1 << 40))
    step = try node.required("step").int(in: 0...steps)
    isPlanned = try node.required("is_planned").bool()
    lossSums = try node.required("loss_sums").numbers(exits)
    lossWeights = try node.required("loss_weights").numbers(exits)
    place = TrainingPlace(
      epoch: try node.required("epoch").int(in: large),
      batch: try node.required("batch").int(in: large))
    tokens = try node.required("tokens").int(in: large)
    seconds = try node.required("seconds").number()
    bestLoss = try node.optional("best_loss")?.number() ?? .infinity
    bestStep = try node.required("best_step").int(in: large)
    evaluationsSinceBest = try node.required("evaluations_since_best").int(in: large)
    history = try node.required("history").elements().map {
      try TrainingRecord($0, exits: exits)
    }
  }
}
