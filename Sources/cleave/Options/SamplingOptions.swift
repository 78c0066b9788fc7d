import ArgumentParser
import CleaveRuntime

/// Options of how `cleave run` chooses tokens and when it stops.
struct SamplingOptions: ParsableArguments {
  @Option(help: "Most tokens to generate.")
  var maxTokens = 128

  @Option(help: "0 takes the most probable token; higher is more varied.")
  var temperature: Float = 0

  @Option(help: "Sample among the k most probable tokens; 0 for all.")
  var topK = 0

  @Option(help: "Sample among the most probable tokens that reach this probability together.")
  var topP: Float = 1

  @Option(help: "Seed of the draws: the same seed gives the same text.")
  var seed: UInt64 = 0

  @Option(help: "Text that ends the generation; may be given several times.")
  var stop: [String] = []

  func validate() throws {
    guard maxTokens > 0 else { throw ValidationError("--max-tokens: expected at least 1") }
    guard temperature >= 0, temperature.isFinite else {
      throw ValidationError("--temperature: expected at least 0")
    }
    guard (0...Int(UInt32.max)).contains(topK) else {
      throw ValidationError("--top-k: expected at least 0")
    }
    guard topP > 0, topP <= 1 else { throw ValidationError("--top-p: expected above 0, up to 1") }
    guard !stop.contains("") else { throw ValidationError("--stop: expected some text") }
  }

  var sampling: Sampling {
    Sampling(temperature: temperature, topK: topK, topP: topP, seed: seed)
  }
}
