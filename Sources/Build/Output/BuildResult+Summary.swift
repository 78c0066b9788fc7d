extension BuildResult {
  /// The build in Markdown, for the summary of a CI job.
  package var summary: String {
    let title = "# \(recipe.name): \(isVerified ? "verified" : "NOT VERIFIED")"
    return [
      title, Self.table(["check", "", ""], checkRows),
      Self.table(["stage", "seconds", "peak MB", "output MB"], stageRows),
      Self.table(
        ["artifact", "MB", "blocks"],
        artifacts.map { [$0.name, Self.megabytes($0.bytes), "\($0.blocks)"] }),
    ].joined(separator: "\n\n") + "\n"
  }

  private var checkRows: [[String]] {
    checks.map { [$0.name, $0.passed.map { $0 ? "pass" : "**FAIL**" } ?? "not run", $0.detail] }
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
