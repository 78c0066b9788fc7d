import ArgumentParser

/// Options of `cleave calibrate --rehearse`.
struct RehearsalOptions: ParsableArguments {
  @Option(
    help: """
      Write nothing: calibrate on so many random halves of the prompts and say how often the promise was \
      broken on the others.
      """)
  var rehearse: Int?

  @Option(help: "Prompts of each of these calibrations (default: half).")
  var rehearsePrompts: Int?

  func validate() throws {
    if let rehearse, !(1...100_000).contains(rehearse) {
      throw ValidationError("--rehearse \(rehearse): expected 1 to 100000")
    }
    if let rehearsePrompts, rehearsePrompts < 1 {
      throw ValidationError("--rehearse-prompts \(rehearsePrompts): expected at least 1")
    }
    if rehearsePrompts != nil, rehearse == nil {
      throw ValidationError("--rehearse-prompts is for --rehearse")
    }
  }
}
