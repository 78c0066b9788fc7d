import CleaveBuild

/// The progress of a build on standard error.
final class BuildDisplay {
  private let quiet: Bool
  private let stages: StageProgress

  init(quiet: Bool) {
    self.quiet = quiet
    stages = StageProgress(quiet: quiet)
  }

  func show(_ event: BuildEvent) {
    switch event {
    case .began(let stage, let index, let count): note("[\(index + 1)/\(count)] \(stage)")
    case .waits(_, let path):
      note("  waiting for another build that works in \(path); Ctrl-C gives up")
    case .failed(let stage, let reason): note("  FAIL  \(stage): \(reason)")
    case .progress(_, let label, let done, let total, let unit):
      stages.show(label, done, of: total, unit: unit == .bytes ? .bytes : .items(unit.name))
    case .ended(let stage):
      note(
        stage.isReused
          ? "  unchanged"
          : "  \(stage.entry.seconds.fixed(1)) s, \(stage.entry.bytes.formattedBytes)")
      for check in stage.entry.checks where check.passed != true {
        note("  \(check.passed == nil ? "skip" : "FAIL")  \(check.name): \(check.detail)")
      }
    }
  }

  func finish() { stages.finish() }

  private func note(_ text: String) {
    guard !quiet else { return }
    stages.finish()
    Terminal.writeError(text + "\n")
  }
}

extension BuildUnit {
  fileprivate var name: String { if case .items(let name) = self { name } else { "bytes" } }
}

extension BuildResult {
  /// The build as the tables that a person reads at its end.
  func text() throws -> String {
    let checks = checks.map {
      "\($0.passed.map { $0 ? "pass" : "FAIL" } ?? "skip")  \($0.name): \($0.detail)"
    }
    let rows = stages.map {
      [$0.name, $0.isReused ? "unchanged" : $0.entry.seconds.fixed(2)]
    }
    let sizes = artifacts.map {
      [$0.name, (Double($0.bytes) / 1e6).fixed(1), "\($0.blocks)"]
    }
    let exits = try exits.map {
      [
        $0.stage, "\($0.depth)", $0.agreement.percent, $0.coverage95?.percent ?? "",
        $0.coverage90?.percent ?? "",
      ]
    }
    let agreement =
      exits.isEmpty
      ? "" : table([["held out", "exit", "agrees", "at 95 %", "at 90 %"]] + exits) + "\n\n"
    return checks.joined(separator: "\n") + "\n\n" + agreement
      + table([["step", "seconds"]] + rows) + "\n\n"
      + table([["artifact", "MB", "blocks"]] + sizes) + "\n\n"
      + failures.map { "FAILED  \($0.stage): \($0.reason)\n" }.joined()
      + (isVerified ? "VERIFIED" : "NOT VERIFIED") + (isComplete ? "" : ", NOT COMPLETE")
  }
}

extension BuildForecast {
  var text: String {
    let rows = stages.map { stage in
      [
        stage.name,
        stage.isCached == true ? "unchanged" : stage.prediction.seconds?.fixed(1) ?? "not known",
        stage.isCached == true ? "" : stage.prediction.peakBytes.formattedBytes,
        stage.isCached == true ? "" : stage.prediction.bytes.formattedBytes,
        stage.isCached == true ? "" : stage.prediction.isMeasured ? "its last run" : "estimated",
      ]
    }
    let isWhole = stages.allSatisfy { $0.prediction.seconds != nil }
    return table([["stage", "seconds", "memory", "disk", "from"]] + rows) + "\n\n"
      + "\(isWhole ? "" : "at least ")\(seconds.fixed(0)) s, \(peakBytes.formattedBytes) of memory, "
      + "\(bytes.formattedBytes) of disk in the cache; \(freeBytes.formattedBytes) are free"
  }
}
