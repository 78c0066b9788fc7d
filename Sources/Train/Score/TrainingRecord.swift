import CleaveStorage

/// One evaluation during training: a line of the log.
package struct TrainingRecord: Equatable, Sendable {
  package var step: Int
  package var tokens: Int
  package var seconds: Double
  package var rate: Double
  /// The mean training loss of each exit since the record before.
  package var losses: [Double]
  /// The mean loss of states of each exit since the record before; empty where training has none.
  package var stateLosses: [Double] = []
  /// The scores where nothing comes back from the cloud.
  package var scores: [HeldOutScore]
  /// The scores where the cloud is asked about some of the tokens; empty where no exit has feedback.
  package var returned: [HeldOutScore] = []

  /// What the best parameters are chosen by: the mean loss over exits, by their weights, and over both kinds of scores.
  ///
  /// - Parameter weight: the weight of an exit, by its index.
  func meanLoss(_ weight: (Int) -> Double) -> Double {
    var (sum, weights) = (0.0, 0.0)
    for scores in [scores, returned] {
      for (exit, score) in scores.enumerated() {
        sum += weight(exit) * score.loss
        weights += weight(exit)
      }
    }
    return sum / weights
  }
}

extension TrainingRecord {
  package var json: JSON {
    var object = JSONObject(members)
    if !stateLosses.isEmpty {
      object["state_loss"] = .array(stateLosses.map { .real($0) })
    }
    if !returned.isEmpty { object["held_out_feedback"] = .array(returned.map(\.json)) }
    return .object(object)
  }

  private var members: [JSONObject.Member] {
    [
      ("step", .integer(Int64(step))), ("tokens", .integer(Int64(tokens))),
      ("seconds", .real(seconds)),
      ("rate", .real(rate)), ("training_loss", .array(losses.map { .real($0) })),
      ("held_out", .array(scores.map(\.json))),
    ]
  }

  init(_ node: JSONNode) throws {
    step = try node.required("step").int(in: 0...(1 << 40))
    tokens = try node.required("tokens").int(in: 0...(1 << 50))
    seconds = try node.required("seconds").number()
    rate = try node.required("rate").number()
    losses = try node.required("training_loss").elements().map { try $0.number() }
    stateLosses = try node.optional("state_loss")?.elements().map { try $0.number() } ?? []
    scores = try node.required("held_out").elements().map { try HeldOutScore($0) }
    returned =
      try node.optional("held_out_feedback")?.elements().map { try HeldOutScore($0) } ?? []
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
