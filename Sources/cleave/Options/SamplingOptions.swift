import ArgumentParser
import CleaveRuntime

/// Options of how `cleave run` chooses tokens and when it stops.
struct SamplingOptions: ParsableArguments {
  @Option(help: "The most tokens to generate.")
  var maxTokens = 128

  @Option(help: "Sampling temperature; 0 always takes the most probable token.")
  var temperature: Float = 0

  @Option(help: "Sample among this many most probable tokens; 0 is all of them.")
  var topK = 0

  @Option(help: "Sample among the fewest most probable tokens whose probabilities add up to this.")
  var topP: Float = 1

  @Option(help: "Seed of sampling: the same seed gives the same text.")
  var seed: UInt64 = 0

  @Option(help: "Text that ends the generation. May be repeated.")
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
