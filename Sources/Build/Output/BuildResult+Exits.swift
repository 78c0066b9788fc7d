import CleaveStorage

extension BuildResult {
  /// What an evaluation found out about an exit on held-out prompts.
  package struct ExitRow: Equatable, Sendable {
    /// The evaluation, as `evaluate, feedback`.
    package let stage: String
    package let depth: Int
    /// The share of tokens in which it says what the model says.
    package let agreement: Double
    /// The shares that it may answer for 95 and 90 % of these to agree.
    package let coverage95: Double?
    package let coverage90: Double?
  }

  /// The exits of all evaluations, in their order.
  ///
  /// - Throws: `InputError` for facts of an evaluation that say something else.
  package var exits: [ExitRow] {
    get throws {
      try stages.filter { $0.name.hasPrefix("evaluate") }.flatMap { stage in
        let facts = JSONNode(stage.entry.facts, file: stage.name)
        return try facts.list("exits") { try Self.row($0, stage.name) }
      }
    }
  }

  private static func row(_ exit: JSONNode, _ stage: String) throws -> ExitRow {
    let shares = try exit.list("coverage") {
      (
        target: try $0.required("target").number(),
        share: try $0.required("share").required("value").number()
      )
    }
    func share(_ target: Double) -> Double? {
      shares.first { abs($0.target - target) < 1e-9 }?.share
    }
    return ExitRow(
      stage: stage, depth: try exit.required("depth").int(),
      agreement: try exit.required("agreement").required("value").number(),
      coverage95: share(0.95), coverage90: share(0.9))
  }
}
