import ArgumentParser

/// Options of every command that reports progress.
struct ProgressOptions: ParsableArguments {
  @Flag(name: .shortAndLong, help: "Show no progress on standard error.")
  var quiet = false
}
