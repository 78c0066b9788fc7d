import CleaveKernels
import CleaveModel

/// The scratch memory of blocks with a state.
struct StateWorkspace {
  /// What the output projection of a convolution reads: `[batch, hidden]`.
  var convolved: Activations
  /// What the output projection of a DeltaNet reads: `[batch, valueHeads * valueDimension]`.
  var recalled: Activations
  /// Queries, keys and values of a DeltaNet after their convolution: `[batch, mixedSize]`.
  var mixed: [Float] = []
  /// Inputs that run again: those of `mixed`, of what is written and of the decay, one after another.
  var replayed: [Float] = []
  var kept: [ck_kept_span] = []
  var recurrences: [ck_delta_span] = []
  private let mixedWidth: Int

  init(_ configuration: ModelConfiguration, numerics: Numerics) {
    convolved = Activations(width: configuration.mixedSize(.convolution), numerics: numerics)
    recalled = Activations(width: configuration.mixedSize(.deltaNet), numerics: numerics)
    mixedWidth = configuration.deltaNet?.mixedSize ?? 0
  }

  mutating func grow(batch: Int, _ configuration: ModelConfiguration) {
    if configuration.convolution != nil { convolved.grow(columns: batch) }
    if configuration.deltaNet != nil { recalled.grow(columns: batch) }
    mixed.grow(to: batch * mixedWidth)
  }
}
