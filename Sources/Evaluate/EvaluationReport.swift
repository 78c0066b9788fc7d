import CleaveModel
import CleaveRuntime
import CleaveStorage

/// The result of an evaluation and its inputs.
package struct EvaluationReport: Sendable {
  package let modelID: String
  package let referenceID: String?
  /// The name and digest of the text file.
  package let data: ProvenanceStep.Input
  /// The number of tokens in the whole text.
  package let textTokens: Int
  package let windowLength: Int
  package let windows: [WindowScores]
  /// The numerics of the model; the reference ran with exact numerics.
  package let numerics: Numerics

  package let model: TextStatistics
  package let comparison: ReferenceStatistics?

  init(
    modelID: String, referenceID: String?, data: ProvenanceStep.Input, text: EvaluationText,
    windows: [WindowScores], numerics: Numerics
  ) {
    self.modelID = modelID
    self.referenceID = referenceID
    self.data = data
    textTokens = text.tokens.count
    windowLength = text.windowLength
    self.windows = windows
    self.numerics = numerics
    model = TextStatistics(windows.map { $0.tokens.map(\.logProbability) })
    comparison = ReferenceStatistics(windows)
  }

  /// The number of tokens scored.
  package var scoredTokens: Int { windows.reduce(0) { $0 + $1.tokens.count } }

  package var json: JSON {
    [
      "model_id": .string(modelID),
      "reference_model_id": referenceID.map { .string($0) } ?? .null,
      "data": [
        "name": .string(data.name), "bytes": .integer(Int64(data.digest.bytes)),
        "sha256": .string(data.digest.sha256), "tokens": .integer(Int64(textTokens)),
      ],
      "window_length": .integer(Int64(windowLength)),
      "windows": .integer(Int64(windows.count)),
      "scored_tokens": .integer(Int64(scoredTokens)),
      "standard_errors": "clustered by window",
      "numerics": numerics.json,
      "model": model.json,
      "reference": comparison?.json ?? .null,
    ]
  }
}
