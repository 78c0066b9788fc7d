/// The progress of a command that has several stages: one progress line after another.
final class StageProgress {
  private let quiet: Bool
  private var stage = ""
  private var line: ProgressLine?

  init(quiet: Bool) { self.quiet = quiet }

  func show(_ stage: String, _ done: Int, of total: Int, unit: ProgressLine.Unit) {
    if stage != self.stage {
      finish()
      self.stage = stage
      line = ProgressLine(stage, unit: unit, quiet: quiet)
    }
    line?.show(done, of: total)
  }

  func finish() { line?.finish() }
}
