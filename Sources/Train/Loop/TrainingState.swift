import CleaveStorage

/// The state of training besides the parameters: what a snapshot needs to resume to the same bits.
package struct TrainingState: Equatable {
  /// The number of steps done.
  package var step = 0
  /// The number of steps in all. It is set when training begins, so that a resumed run follows the same
  /// schedule.
  package var steps: Int
  /// Whether `steps` is final. It is not while a time budget has yet to set it.
  var isPlanned = true
  package var dataPosition = DataPosition()
  /// The number of tokens trained on.
  package var tokens = 0
  /// The seconds of training over all runs.
  package var seconds = 0.0
  /// The best mean held-out loss so far.
  package var bestLoss = Double.infinity
  /// The step of the best loss.
  package var bestStep = 0
  /// The number of evaluations since the best one.
  package var evaluationsSinceBest = 0
  package var history: [TrainingRecord] = []

  /// The sum of each exit's training loss since the last evaluation.
  package var sums: [LossSum]
  /// The sum of each exit's loss of states since the last evaluation; without weight where training has no such loss.
  package var stateSums: [LossSum]

  package init(steps: Int, exits: Int) {
    self.steps = steps
    sums = Array(repeating: LossSum(), count: exits)
    stateSums = sums
  }

  /// Begins the sums anew.
  mutating func clearSums() {
    sums = sums.map { _ in LossSum() }
    stateSums = sums
  }
}

/// A weighted sum of losses, and the sum of the weights.
package struct LossSum: Equatable {
  package var loss = 0.0
  package var weight = 0.0

  package init(loss: Double = 0, weight: Double = 0) {
    self.loss = loss
    self.weight = weight
  }

  /// The mean by weight; 0 without any.
  package var mean: Double { weight > 0 ? loss / weight : 0 }

  /// Adds the losses of rows, each times its weight.
  mutating func add(_ losses: [Float], _ weights: [Float]) {
    for (loss, weight) in zip(losses, weights) {
      self.loss += Double(loss * weight)
      self.weight += Double(weight)
    }
  }
}

extension LossSum {
  var json: JSON { .array([.real(loss), .real(weight)]) }

  init(_ node: JSONNode) throws {
    let parts = try node.elements()
    guard parts.count == 2 else { throw node.refuse(expected: "a sum and its weight") }
    self.init(loss: try parts[0].number(), weight: try parts[1].number())
  }
}

extension TrainingState {
  package var json: JSON {
    [
      "step": .integer(Int64(step)), "steps": .integer(Int64(steps)),
      "epoch": .integer(Int64(dataPosition.epoch)), "batch": .integer(Int64(dataPosition.batch)),
      "tokens": .integer(Int64(tokens)), "seconds": .real(seconds),
      "best_loss": bestLoss.isFinite ? .real(bestLoss) : .null,
      "best_step": .integer(Int64(bestStep)),
      "evaluations_since_best": .integer(Int64(evaluationsSinceBest)),
      "is_planned": .bool(isPlanned),
      "sums": .array(sums.map(\.json)), "state_sums": .array(stateSums.map(\.json)),
      "history": .array(history.map(\.json)),
    ]
  }

  /// - Parameter count: the number of exits of the run.
  /// - Throws: `InputError` for a state that no run with as many exits has.
  package init(_ node: JSONNode, exits count: Int) throws {
    let large = 0...(1 << 50)
    step = try node.required("step").int(in: large)
    steps = try node.required("steps").int(in: large)
    isPlanned = try node.optional("is_planned")?.bool() ?? true
    dataPosition = DataPosition(
      epoch: try node.required("epoch").int(in: large),
      batch: try node.required("batch").int(in: large))
    tokens = try node.required("tokens").int(in: large)
    seconds = try node.required("seconds").number()
    bestLoss = try node.optional("best_loss")?.number() ?? .infinity
    bestStep = try node.required("best_step").int(in: large)
    evaluationsSinceBest = try node.required("evaluations_since_best").int(in: large)
    // Snapshots of earlier versions lack some sums.
    func sums(_ name: String) throws -> [LossSum] {
      try node.optional(name)?.elements().map { try LossSum($0) }
        ?? Array(repeating: LossSum(), count: count)
    }
    self.sums = try sums("sums")
    stateSums = try sums("state_sums")
    history = try node.required("history").elements().map { node in
      let record = try TrainingRecord(node)
      guard record.losses.count == count, record.scores.count == count,
        [0, count].contains(record.returned.count), [0, count].contains(record.stateLosses.count)
      else {
        throw node.refuse(expected: "losses and scores of \(count) exits")
      }
      return record
    }
    guard self.sums.count == count, stateSums.count == count, step <= steps, seconds >= 0 else {
      throw node.refuse(expected: "the state of a run of \(count) exits and at most \(steps) steps")
    }
  }
}
