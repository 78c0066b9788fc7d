import ArgumentParser
import CleaveRuntime

/// Options of the commands that write an artifact.
struct OutputOptions: ParsableArguments {
  @Flag(help: "Replace an artifact that is there already, in one step.")
  var force = false

  @Flag(help: "Print the result as JSON on standard output.")
  var json = false
}

/// Options of the commands that take a while.
struct ProgressOptions: ParsableArguments {
  @Flag(name: .shortAndLong, help: "No progress on standard error.")
  var quiet = false
}

/// Of every command that computes.
struct ThreadOptions: ParsableArguments {
  @Option(help: "Threads to compute with (default: one for each processor it may use).")
  var threads: Int?

  func validate() throws {
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads \(threads): expected 1 to 1024")
    }
  }
}

/// How the engine runs, for commands that leave it to the person.
struct EngineOptions: ParsableArguments {
  @OptionGroup private var pool: ThreadOptions

  @Option(
    help: "What quantized weights meet: int8 (fast), or float32 (weights dequantized; for judging)."
  )
  var activations = Numerics.Activations.int8

  @Option(help: "How keys and values are kept: f16 or f32.")
  var kvCache = Numerics.Cache.f16

  var threads: Int? { pool.threads }
  var numerics: Numerics { Numerics(activations: activations, cache: kvCache) }
}

extension Numerics.Activations: ExpressibleByArgument {}
extension Numerics.Cache: ExpressibleByArgument {}
