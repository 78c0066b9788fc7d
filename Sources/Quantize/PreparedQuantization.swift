import CleaveModel
import CleaveStorage

/// All decisions and inputs of a quantization, made before anything is written.
struct PreparedQuantization {
  let artifact: Artifact
  let plan: QuantizationPlan
  let allocation: Allocation?
  let importance: ImportanceFile?
  /// The windows of the text as tokens.
  let texts: [[Int]]
  let textDigest: FileDigest?
}
