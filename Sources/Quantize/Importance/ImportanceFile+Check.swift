import CleaveModel
import CleaveStorage

extension ImportanceFile {
  /// Checks that the file fits a quantization plan: it must come from this very model, with values
  /// for each matrix that is rounded to blocks. An embedding that is not the head has no input and
  /// needs none.
  ///
  /// - Throws: `InputError` that names the first mismatch.
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
          file: path, location: entry.name + Self.suffix, found: "no such vector",
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
