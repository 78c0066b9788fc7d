import CleaveModel
import CleaveStorage

extension ImportanceFile {
  /// Whether it can serve the plan: made of this very model, and with numbers for every matrix that is
  /// put in blocks. An embedding that is only looked up meets no inputs and needs none.
  package func check(against artifact: Artifact, plan: QuantizationPlan) throws {
    guard origin.modelID == artifact.manifest.modelID else {
      throw InputError(
        file: path, location: "__metadata__.model_id", found: origin.modelID,
        expected: "\(artifact.manifest.modelID), the model to be quantized",
        advice: "Make one of this model with `cleave imatrix`.")
    }
    let lookup =
      artifact.manifest.configuration.tiedEmbeddings ? nil : WeightName.tokenEmbedding.text
    for entry in plan.entries where entry.type.isQuantized && !entry.isCopied {
      guard let values = try importance(of: entry.name) else {
        if entry.name == lookup { continue }
        throw InputError(
          file: path, location: entry.name + Self.suffix, found: "nothing of that name",
          expected: "the importance of its \(entry.shape.last ?? 0) columns",
          advice: "Make the file with `cleave imatrix` of this model, or leave --imatrix out.")
      }
      guard values.count == entry.shape.last else {
        throw InputError(
          file: path, location: entry.name + Self.suffix, found: "\(values.count) numbers",
          expected: "\(entry.shape.last ?? 0), one for each column")
      }
    }
  }
}
