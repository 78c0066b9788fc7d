import ArgumentParser

/// Options of every command that writes an artifact.
struct OutputOptions: ParsableArguments {
  @Flag(help: "Replace an output that already exists, in one step.")
  var force = false

  @Flag(help: "Print the result as JSON on standard output.")
  var json = false
}
