import CleaveStorage

/// Where training stands besides the parameters: what a checkpoint needs to go on to the same bits.
package struct TrainingState: Equatable {
  /// Steps done.
  package var step = 0
  /// In all; set when training begins, so that a run that goes on follows the same schedule.
  package var steps: Int
  /// Whether `steps` stands, or a time budget has yet to set it.
  package var isPlanned = true
  package var location = TrainingPlace()
  /// Tokens that went through the network.
  package var tokens = 0
  /// Seconds of training, over all runs.
  package var seconds = 0.0
  /// The best mean held-out loss, and the step it was seen at.
  package var bestLoss = Double.infinity
  package var bestStep = 0
  /// Evaluations since.
  package var evaluationsSinceBest = 0
  package var history: [TrainingRecord] = []

  /// Of the training loss since the last evaluation, for each exit.
  package var sums: [LossSum]

  package init(steps: Int, exits: Int) {
    self.steps = steps
    sums = Array(repeating: LossSum(), count: exits)
  }
}

/// A weighted sum of losses.
package struct LossSum: Equatable {
  package var loss = 0.0
  package var weight = 0.0

  package init(loss: Double = 0, weight: Double = 0) {
    self.loss = loss
    self.weight = weight
  }

  var mean: Double { weight > 0 ? loss / weight : 0 }
}

/// One line of the log: an evaluation.
package struct TrainingRecord: Equatable, Sendable {
  package var step: Int
  package var tokens: Int
  package var seconds: Double
  package var rate: Double
  /// Mean training loss since the last one, for each exit.
  package var losses: [Double]
  package var scores: [HeldOutScore]
}

extension TrainingRecord {
  package var json: JSON {
    [
      "step": .integer(Int64(step)), "tokens": .integer(Int64(tokens)), "seconds": .real(seconds),
      "rate": .real(rate), "training_loss": .array(losses.map { .real($0) }),
      "held_out": .array(scores.map(\.json)),
    ]
  }

  init(_ node: JSONNode) throws {
    step = try node.required("step").int(in: 0...(1 << 40))
    tokens = try node.required("tokens").int(in: 0...(1 << 50))
    seconds = try node.required("seconds").number()
    rate = try node.required("rate").number()
    losses = try node.required("training_loss").elements().map { try $0.number() }
    scores = try node.required("held_out").elements().map { try HeldOutScore($0) }
  }
}

extension HeldOutScore {
  package var json: JSON {
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

extension TrainingState {
  package var json: JSON {
    [
      "step": .integer(Int64(step)), "steps": .integer(Int64(steps)),
      "epoch": .integer(Int64(location.epoch)), "batch": .integer(Int64(location.batch)),
      "tokens": .integer(Int64(tokens)), "seconds": .real(seconds),
      "best_loss": bestLoss.isFinite ? .real(bestLoss) : .null,
      "best_step": .integer(Int64(bestStep)),
      "evaluations_since_best": .integer(Int64(evaluationsSinceBest)),
      "is_planned": .bool(isPlanned),
      "sums": .array(sums.map { .array([.real($0.loss), .real($0.weight)]) }),
      "history": .array(history.map(\.json)),
    ]
  }

  /// - Parameter count: of the run's exits.
  /// - Throws: `InputError` for what no training of so many exits leaves.
  package init(_ node: JSONNode, exits count: Int) throws {
    let large = 0...(1 << 50)
    step = try node.required("step").int(in: large)
    steps = try node.required("steps").int(in: large)
    isPlanned = try node.optional("is_planned")?.bool() ?? true
    location = TrainingPlace(
      epoch: try node.required("epoch").int(in: large),
      batch: try node.required("batch").int(in: large))
    tokens = try node.required("tokens").int(in: large)
    seconds = try node.required("seconds").number()
    bestLoss = try node.optional("best_loss")?.number() ?? .infinity
    bestStep = try node.required("best_step").int(in: large)
    evaluationsSinceBest = try node.required("evaluations_since_best").int(in: large)
    // Checkpoints of before there were sums have none.
    sums =
      try node.optional("sums")?.elements().map { node in
        let parts = try node.elements()
        guard parts.count == 2 else { throw node.refuse(expected: "a sum and its weight") }
        return LossSum(loss: try parts[0].number(), weight: try parts[1].number())
      } ?? Array(repeating: LossSum(), count: count)
    history = try node.required("history").elements().map { node in
      let record = try TrainingRecord(node)
      guard record.losses.count == count, record.scores.count == count else {
        throw node.refuse(expected: "losses and scores of \(count) exits")
      }
      return record
    }
    guard sums.count == count, step <= steps, seconds >= 0 else {
      throw node.refuse(expected: "the state of a run of \(count) exits and at most \(steps) steps")
    }
  }
}
