import ArgumentParser

/// Options of every command that computes.
struct ThreadOptions: ParsableArguments {
  @Option(help: "Number of threads (default: one for each processor that this process may use).")
  var threads: Int?

  func validate() throws {
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads \(threads): expected 1 to 1024")
    }
  }
}
