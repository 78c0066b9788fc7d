import CleaveReport
import CleaveStorage

extension BuildResult {
  /// What training taught each exit: its scores on held-out texts, and those with the cloud's states where they come back.
  ///
  /// - Throws: `InputError` for facts of a training that say something else.
  var curves: [BuildPage.Curve] {
    get throws {
      guard let stage = stages.first(where: { $0.name == "train" }) else { return [] }
      let facts = JSONNode(stage.entry.facts, file: stage.name)
      let depths = try facts.list("exits") { try $0.int() }
      let records = try facts.required("history").elements()
      return try depths.indices.flatMap { exit in
        let (plain, fed) = (
          try Self.points(records, "held_out", exit),
          try Self.points(records, "held_out_feedback", exit)
        )
        let name = "exit \(depths[exit])"
        return [BuildPage.Curve(name: name, exit: exit, isFed: false, points: plain)]
          + (fed.isEmpty
            ? []
            : [
              .init(
                name: "\(name), the cloud’s states come back", exit: exit, isFed: true, points: fed)
            ])
      }
    }
  }

  private static func points(
    _ records: [JSONNode], _ key: String, _ exit: Int
  ) throws -> [BuildPage.Curve.Point] {
    try records.compactMap { record in
      guard let scores = try record.optional(key)?.elements(), scores.indices.contains(exit) else {
        return nil
      }
      return BuildPage.Curve.Point(
        tokens: try record.required("tokens").int(),
        loss: try scores[exit].required("loss").number(),
        agreement: try scores[exit].required("agreement").number(),
        coverage: try scores[exit].required("coverage_95").number())
    }
  }
}
