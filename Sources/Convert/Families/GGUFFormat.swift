import CleaveModel
import CleaveStorage

/// The GGUF files of a family: tensor names within a block and metadata.
struct GGUFFormat: Sendable {
  /// The value of `general.architecture`.
  var architecture: String
  /// Whether the rows of the two halves that RoPE rotates alternate, instead of one half following
  /// the other; those that it leaves alone come last.
  var interleavesRows = false
  /// Whether RoPE may leave part of each head alone.
  var rotatesPart = false
  var fused: [FusedTensor] = []
  /// A key, above 0 in files of this family and missing in others of the same architecture; nil if no such key is
  /// needed.
  var marker: String?
  /// The key of a number that scales logits; nil for none.
  var logits: LogitScale?
  /// The key of the norms' epsilon.
  var epsilonKey = "attention.layer_norm_rms_epsilon"
  /// Whether YaRN's bounds of models of this architecture are rounded to whole pairs, which no key says.
  var truncatesYaRN = true
  /// Whether llama.cpp reads `yarn_log_multiplier` for this architecture.
  var hasLogMultiplier = false
  /// Whether llama.cpp computes sliding windows for this architecture.
  var hasWindow = false
  /// Whether llama.cpp caps attention scores and logits of this architecture.
  var hasCaps = false
  /// Whether the architecture has no experts.
  var isDense = true
  /// Reads the family's own metadata.
  var read: @Sendable (inout ModelConfiguration, GGUFSettings) throws -> Void = { _, _ in }
  /// The family's own metadata on export, keys without the architecture prefix. Throws `InputError`
  /// about the artifact at `path` if GGUF cannot express its configuration.
  var write:
    @Sendable (ModelConfiguration, _ path: String) throws -> [(
      key: String, value: GGUFWriter.Value
    )] = { _, _ in [] }
  var names: [BlockWeight: String] = [:]

  func name(of weight: BlockWeight) -> String { names[weight] ?? weight.ggufName }

  /// The name of the tensor that holds a weight, and its rows where it holds others too.
  func tensor(
    of weight: WeightName, in configuration: ModelConfiguration
  ) -> (name: String, rows: (first: Int, together: Int)?) {
    guard case .block(let index, let part) = weight else { return (weight.ggufName, nil) }
    let fused = fused.location(of: part, in: configuration)
    return ("blk.\(index).\(fused?.name ?? name(of: part))", fused?.rows)
  }
}
