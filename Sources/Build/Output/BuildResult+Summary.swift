extension BuildResult {
  /// The build in Markdown, for the summary of a CI job.
  package var summary: String {
    get throws {
      let title = "# \(recipe.name): \(verdict)"
      let (exits, quality) = (try exitRows, try qualityRows)
      return [
        title,
        failures.isEmpty
          ? nil : Self.table(["failed", "because"], failures.map { [$0.stage, $0.reason] }),
        Self.table(["check", "", ""], checkRows),
        quality.isEmpty ? nil : Self.table(Self.qualityHeader, quality),
        exits.isEmpty
          ? nil : Self.table(Self.exitHeader, exits),
        Self.table(Self.stageHeader, stageRows), Self.table(Self.artifactHeader, artifactRows),
      ].compactMap(\.self).joined(separator: "\n\n") + "\n"
    }
  }

  static let exitHeader = ["held out", "exit", "agrees", "at 95 %", "at 90 %"]
  static let stageHeader = [
    "stage", "seconds", "predicted", "memory MB", "predicted", "beyond mapped files", "predicted",
    "output MB", "predicted",
  ]
  static let artifactHeader = ["artifact", "MB", "blocks"]

  var verdict: String {
    guard isVerified else { return "NOT VERIFIED" }
    return isComplete ? "verified" : "verified, NOT COMPLETE"
  }

  var checkRows: [[String]] {
    checks.map { [$0.name, $0.passed.map { $0 ? "pass" : "**FAIL**" } ?? "not run", $0.detail] }
  }

  var exitRows: [[String]] {
    get throws {
      func percent(_ share: Double?) -> String { share.map(Self.percent) ?? "-" }
      return try exits.map {
        [
          $0.stage, "\($0.depth)", percent($0.agreement), percent($0.coverage95),
          percent($0.coverage90),
        ]
      }
    }
  }

  /// What each stage took, beside what was predicted where it ran in this build.
  var stageRows: [[String]] {
    func shown(_ bytes: Int?) -> String { bytes.map(Self.megabytes) ?? "-" }
    return stages.map { stage in
      let (entry, predicted) = (stage.entry, stage.prediction)
      return [
        stage.name + (stage.isReused ? " (unchanged)" : ""), entry.seconds.milli,
        predicted?.seconds?.milli ?? "-", shown(entry.peakBytes), shown(predicted?.peakBytes),
        shown(entry.anonymousBytes), shown(predicted?.anonymousBytes),
        Self.megabytes(entry.bytes), shown(predicted?.bytes),
      ]
    }
  }

  var artifactRows: [[String]] {
    artifacts.map { [$0.name, Self.megabytes($0.bytes), "\($0.blocks)"] }
  }

  private static func megabytes(_ bytes: Int) -> String {
    let tenths = (bytes + 50_000) / 100_000
    return "\(tenths / 10).\(tenths % 10)"
  }

  private static func table(_ head: [String], _ rows: [[String]]) -> String {
    let line = { (cells: [String]) in
      "| "
        + cells.map { $0.replacing("|", with: "\\|").replacing("\n", with: " ") }
        .joined(separator: " | ") + " |"
    }
    return ([line(head), line(head.map { _ in "---" })] + rows.map(line)).joined(separator: "\n")
  }
}
