import ArgumentParser
import CleaveRuntime

/// Options of every command that runs a model and leaves its numerics to the user.
struct EngineOptions: ParsableArguments {
  @OptionGroup private var pool: ThreadOptions

  @Option(
    help: """
      Type of the activations that quantized weights are multiplied by: int8, which is fast, or \
      float32, where the weights are dequantized, to judge the rounding error.
      """)
  var activations = Numerics.Activations.int8

  @Option(
    help: """
      Type in which the KV cache holds keys and values: f16; f32; or q8_0, which takes little more than half the \
      memory of f16.
      """)
  var kvCache = Numerics.Cache.f16

  var threads: Int? { pool.threads }
  var numerics: Numerics { Numerics(activations: activations, cache: kvCache) }
}

extension Numerics.Activations: ExpressibleByArgument {}
extension Numerics.Cache: ExpressibleByArgument {}
