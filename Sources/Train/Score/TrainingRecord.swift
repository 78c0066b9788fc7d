import CleaveStorage

/// One evaluation during training: a line of the log.
package struct TrainingRecord: Equatable, Sendable {
  package var step: Int
  package var tokens: Int
  package var seconds: Double
  package var rate: Double
  /// The mean training loss of each exit since the record before.
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
