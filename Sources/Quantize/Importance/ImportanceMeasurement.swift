import CleaveEvaluate
import CleaveModel
import CleaveRuntime
import CleaveText

/// Runs `cleave imatrix`: measures the importance of a model's columns on a text.
package struct ImportanceMeasurement {
  package let source: String
  package let data: String
  package let target: String
  /// The number of windows used from the start of the text; nil for all.
  package var windows: Int?
  package var windowLength = 512
  package var threads: Int?
  package var force = false
  /// Called with the number of tokens read so far and the total.
  package var progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }

  package init(source: String, data: String, target: String) {
    self.source = source
    self.data = data
    self.target = target
  }

  /// - Returns: the origin written to the file.
  package func run() throws -> ImportanceFile.Origin {
    let artifact = try Artifact(opening: source)
    let model = try LayerwiseModel(
      artifact, numerics: .standard, pool: try ThreadPool(threads: threads))
    try artifact.requireContext(ofWindows: windowLength)
    let text = try EvaluationText(
      path: data, tokenizer: try Tokenizer(artifact.tokenizerJSON()), windowLength: windowLength,
      windows: windows)
    let origin = ImportanceFile.Origin(
      modelID: artifact.manifest.modelID, dataSHA256: text.digest.sha256,
      tokens: text.windowCount * windowLength)
    try ImportanceFile.write(
      try means(over: text, try ImportanceCapture(model, artifact)), origin: origin, to: target,
      force: force)
    return origin
  }

  private func means(
    over text: EvaluationText, _ capture: ImportanceCapture
  ) throws -> [String: [Float]] {
    var capture = capture
    for index in 0..<text.windowCount {
      try capture.run(text.window(index).tokens)
      progress((index + 1) * windowLength, text.windowCount * windowLength)
    }
    return try capture.means()
  }
}
