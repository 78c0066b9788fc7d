import CleaveModel
import CleaveRuntime

extension BlockInput {
  /// The input of each matrix of a block, without the tensors that stay float.
  package static func ofWeights(in form: BlockForm, _ mixer: Mixer) -> [BlockWeight: BlockInput] {
    let parts = Set(BlockWeight.all(in: form, mixer))
    return ofWeights.filter { parts.contains($0.key) }
  }

  /// The experts of a block are one matrix here, whose input is that of all experts together.
  private static let ofWeights: [BlockWeight: BlockInput] = [
    .query: .attention, .key: .attention, .value: .attention, .outputGate: .attention,
    .output: .output,
    .convolutionInputGate: .attention, .convolutionOutputGate: .attention,
    .convolutionInput: .attention, .convolutionOutput: .output,
    .deltaInput: .attention, .deltaGate: .attention, .deltaOutput: .output,
    .gate: .feedForward, .up: .feedForward, .down: .down,
    .sharedGate: .feedForward, .sharedUp: .feedForward, .sharedDown: .sharedDown,
    .expertGate: .feedForward, .expertUp: .feedForward, .expertDown: .down,
  ]
}
