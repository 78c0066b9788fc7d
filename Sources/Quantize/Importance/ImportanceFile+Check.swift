import CleaveModel
import CleaveStorage

extension ImportanceFile {
  /// Checks that the file fits a quantization plan: it must come from this very model, with values
  /// for each matrix that is rounded to blocks. An embedding that is not the head has no input and
  /// needs none, and a file of llama.cpp, whose columns are checked already, may lack the head.
  ///
  /// - Throws: `InputError` that names the first mismatch.
  package func check(against artifact: Artifact, plan: QuantizationPlan) throws {
    if let modelID = origin?.modelID, modelID != artifact.manifest.modelID {
      throw InputError(
        file: path, location: "__metadata__.model_id", found: modelID,
        expected: "\(artifact.manifest.modelID), the model to be quantized",
        advice: "Make one of this model with `cleave imatrix`.")
    }
    let isTied = artifact.manifest.configuration.tiedEmbeddings
    var optional = isTied ? [] : [WeightName.tokenEmbedding.text]
    if origin == nil { optional.append((isTied ? WeightName.tokenEmbedding : .head).text) }
    for entry in plan.entries where entry.type.isQuantized && !entry.isCopied {
      guard let values = try importance(of: entry.name) else {
        if optional.contains(entry.name) { continue }
        throw InputError(
          file: path, location: entry.name + Self.suffix, found: "no such vector",
          expected: "the importance of its \(entry.shape.last ?? 0) columns",
          advice: "Make the file with `cleave imatrix` of this model, or leave --imatrix out.")
      }
      guard origin == nil || values.count == entry.shape.last else {
        throw InputError(
          file: path, location: entry.name + Self.suffix, found: "\(values.count) numbers",
          expected: "\(entry.shape.last ?? 0), one for each column")
      }
    }
  }
}
