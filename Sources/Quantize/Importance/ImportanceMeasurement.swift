import CleaveEvaluate
import CleaveModel
import CleaveRuntime

/// `cleave imatrix`: which columns of a model's matrices matter on a text.
public struct ImportanceMeasurement {
  public let source: String
  public let data: String
  public let target: String
  /// Of the text, from the first on; nil for all there are.
  public var windows: Int?
  public var windowLength = 512
  public var threads: Int?
  public var force = false
  /// Called with the tokens read so far and in all.
  public var progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }

  public init(source: String, data: String, target: String) {
    self.source = source
    self.data = data
    self.target = target
  }

  /// - Returns: what the file says of its origin.
  public func run() throws -> ImportanceFile.Origin {
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
