extension BuildResult {
  /// The build in Markdown, for the summary of a CI job.
  package var summary: String {
    get throws {
      let title = "# \(recipe.name): \(isVerified ? "verified" : "NOT VERIFIED")"
      let exits = try exitRows
      return [
        title, Self.table(["check", "", ""], checkRows),
        exits.isEmpty
          ? nil : Self.table(["held out", "exit", "agrees", "at 95 %", "at 90 %"], exits),
        Self.table(["stage", "seconds", "peak MB", "output MB"], stageRows),
        Self.table(
          ["artifact", "MB", "blocks"],
          artifacts.map { [$0.name, Self.megabytes($0.bytes), "\($0.blocks)"] }),
      ].compactMap(\.self).joined(separator: "\n\n") + "\n"
    }
  }

  private var checkRows: [[String]] {
    checks.map { [$0.name, $0.passed.map { $0 ? "pass" : "**FAIL**" } ?? "not run", $0.detail] }
  }

  private var exitRows: [[String]] {
    get throws {
      func percent(_ share: Double?) -> String {
        share.map { "\(($0 * 1000).rounded() / 10) %" } ?? "-"
      }
      return try exits.map {
        [
          $0.stage, "\($0.depth)", percent($0.agreement), percent($0.coverage95),
          percent($0.coverage90),
        ]
      }
    }
  }

  private var stageRows: [[String]] {
    stages.map { stage in
      [
        stage.name + (stage.isReused ? " (unchanged)" : ""), stage.entry.seconds.milli,
        stage.entry.peakBytes.map(Self.megabytes) ?? "-", Self.megabytes(stage.entry.bytes),
      ]
    }
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
