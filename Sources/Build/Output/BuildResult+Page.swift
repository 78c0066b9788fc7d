import CleaveReport

extension BuildResult {
  /// The build as a page for people.
  ///
  /// - Parameter calibration: the report of the edge bundle; nil where nothing was calibrated.
  func page(_ calibration: Report?) throws -> BuildPage {
    BuildPage(
      title: "\(recipe.name): \(verdict)", statements: statements,
      faults: failures.map { "\($0.stage): \($0.reason)" }
        + checks.filter { $0.passed == false }.map { "\($0.name): \($0.detail)" },
      stages: stages.map { stage in
        BuildPage.Stage(
          name: stage.name, seconds: stage.entry.seconds, bytes: stage.entry.bytes,
          prediction: stage.prediction.map { $0.seconds.map { "\($0.milli) s" } ?? "not known" })
      }, tables: try tables, curves: try curves, calibration: calibration)
  }

  private var tables: [BuildPage.Table] {
    get throws {
      let all: [BuildPage.Table] = [
        .init(id: "checks", title: "Checks", header: ["check", "", ""], rows: checkRows),
        .init(
          id: "quality", title: "Quality against the source", header: Self.qualityHeader,
          rows: try qualityRows),
        .init(
          id: "exits", title: "Exits on held-out prompts", header: Self.exitHeader,
          rows: try exitRows),
        .init(
          id: "memory", title: "Time, memory and disk", header: Self.stageHeader, rows: stageRows),
        .init(
          id: "artifacts", title: "Artifacts", header: Self.artifactHeader, rows: artifactRows),
      ]
      return all.filter { !$0.rows.isEmpty }
    }
  }

  private var statements: [String] {
    let inputs = inputs.map { "\($0.key) \($0.name)" }.joined(separator: ", ")
    let reused = stages.count(where: \.isReused)
    return [
      "Made of \(inputs).",
      "\(stages.count - reused) of \(stages.count) stages ran in this build; the others were in the cache.",
    ] + (recipe.has("calibrate") ? ["\(BuildLayout.report) shows the calibration."] : [])
  }
}
