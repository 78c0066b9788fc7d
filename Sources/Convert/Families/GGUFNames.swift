import CleaveModel

/// The names of a model's tensors in GGUF.
package enum GGUFNames {
  /// The matrices of a model by the names of the tensors that hold them; a tensor may hold several.
  /// Nil if llama.cpp does not know the model's architecture.
  package static func matrices(of configuration: ModelConfiguration) -> [String: [WeightName]]? {
    guard let format = Family.named(configuration.architecture)?.gguf else { return nil }
    let weights = WeightName.all(in: configuration).filter { !$0.isVector }
    return Dictionary(grouping: weights) { format.tensor(of: $0, in: configuration).name }
  }
}
