import ArgumentParser

/// Options of `cleave calibrate --rehearse`.
struct RehearsalOptions: ParsableArguments {
  @Option(
    help: """
      Write nothing: calibrate this many times, each time on a random half of the prompts, and report how \
      often the promise was broken on the other half.
      """)
  var rehearse: Int?

  @Option(help: "Number of prompts of each of these calibrations (default: half).")
  var rehearsePrompts: Int?

  func validate() throws {
    if let rehearse, !(1...100_000).contains(rehearse) {
      throw ValidationError("--rehearse \(rehearse): expected 1 to 100000")
    }
    if let rehearsePrompts, rehearsePrompts < 1 {
      throw ValidationError("--rehearse-prompts \(rehearsePrompts): expected at least 1")
    }
    if rehearsePrompts != nil, rehearse == nil {
      throw ValidationError("--rehearse-prompts: expected --rehearse too")
    }
  }
}
