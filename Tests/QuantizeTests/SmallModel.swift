import CleaveKernels
import CleaveModel
import CleaveQuantize
import CleaveStorage
import TestSupport
import Testing

/// A model of random weights, wide enough for blocks of 256.
struct SmallModel {
  var hidden = 256
  var intermediate = 512
  var tied = false
  var type = TensorType.f32
  var exits: [ExitRecord] = []
  /// Weights set by hand, by tensor name and element.
  var weights: [String: [Int: Float]] = [:]

  var configuration: ModelConfiguration {
    ModelConfiguration(
      architecture: "llama", hiddenSize: hidden, blockCount: 3, headCount: 4, kvHeadCount: 2,
      headDimension: hidden / 4, intermediateSize: intermediate, vocabularySize: 320,
      contextLength: 64, normEpsilon: 1e-5, rope: RoPE(theta: 10000), tiedEmbeddings: tied)
  }

  @discardableResult
  func make(in scratch: Scratch, name: String = "model") throws -> Artifact {
    let writer = try ArtifactWriter(target: scratch(name), sources: [], force: false)
    try writer.write(try Golden.bytes("tiny-f16-linear/tokenizer.json"), to: "tokenizer.json")
    let shell = Manifest(
      role: .model, modelID: "", configuration: configuration, tokens: SpecialTokens(),
      blocks: 0..<3, exits: exits, provenance: [])
    var random = SplitMix64(seed: 42)
    for (path, tensors) in shell.expectedFiles where !tensors.isEmpty {
      try writer.write(tensors.map { source($0.name, $0.shape, &random) }, to: path)
    }
    var manifest = shell
    manifest.modelID = ModelIdentity.id(configuration: configuration, files: writer.files)
    if exits.contains(where: \.calibrated) {
      manifest.files = writer.files
      manifest.calibration = calibration(of: manifest)
      try writer.write(Array("{}".utf8), to: ArtifactLayout.calibration)
    }
    _ = try writer.finish(manifest)
    return try Artifact(opening: scratch(name))
  }

  /// A calibration of these weights, which rounding makes stale.
  private func calibration(of manifest: Manifest) -> CalibrationRecord {
    let mode = CalibrationMode(
      thresholds: exits.map(\.threshold),
      promise: .init(risk: 0.2, delta: 0.1, procedure: .betting, passed: true), risk: 0.1,
      cloudShare: 0.5,
      exitShares: exits.map { _ in 0.5 })
    let data = CalibrationData(prompts: 0, sha256: manifest.modelID)
    return CalibrationRecord(
      weightsSHA256: CalibratedWeights.sha256(of: manifest), activations: "int8", kvCache: "f16",
      loss: "disagreement",
      setting: .init(maxTokens: 1, longestPrompt: 1, usesChatTemplate: false), tuning: data,
      calibration: data, collaborative: mode, standalone: mode)
  }

  private func source(
    _ name: String, _ shape: [Int], _ random: inout SplitMix64
  ) -> WeightSource {
    // The sum of four uniform numbers of 16 bits each, distributed much like real weights.
    var values = (0..<shape.reduce(1, *)).map { _ -> Float in
      let bits = random.next()
      let sum = (0..<4).reduce(0) { $0 + Int(bits >> (16 * UInt64($1)) & 0xFFFF) }
      return Float(sum - 2 * 65535) * 1e-6
    }
    for (index, value) in weights[name] ?? [:] { values[index] = value }
    let bytes =
      type == .bf16
      ? values.map { UInt16($0.bitPattern >> 16).littleEndian }.withUnsafeBytes { Array($0) }
      : values.withUnsafeBytes { Array($0) }
    return WeightSource(name: name, type: type, shape: shape) { write in
      try bytes.withUnsafeBytes { try write($0) }
    }
  }
}

/// All tensors of an artifact by name.
func allTensors(_ artifact: Artifact) throws -> [String: Tensor] {
  try artifact.manifest.files.filter { !$0.tensors.isEmpty }.reduce(into: [:]) { all, file in
    all.merge(try artifact.tensors(in: file.path)) { $1 }
  }
}

func bytes(_ tensor: Tensor) -> [UInt8] { tensor.withBytes { Array($0) } }

/// The result of the kernels for the whole tensor at once.
func quantized(
  _ tensor: Tensor, to type: TensorType, importance: [Float]? = nil, effort: ck_effort
) -> [UInt8] {
  let k = tensor.rowElements
  var out = [UInt8](
    repeating: 0, count: tensor.rows * k / type.blockElements * type.blockBytes)
  let source = bytes(tensor)
  let (from, to) = (ck_type(rawValue: tensor.type.ggmlID), ck_type(rawValue: type.ggmlID))
  if let importance {
    _ = ck_quantize_rows(nil, from, source, tensor.rows, k, to, importance, effort, &out)
  } else {
    _ = ck_quantize_rows(nil, from, source, tensor.rows, k, to, nil, effort, &out)
  }
  return out
}

/// Builds settings in one line.
func settings(
  _ recipe: Recipe, overrides: [String] = [], effort: QuantizationSettings.Effort = .plain,
  importance: String? = nil, allowRequantize: Bool = false
) throws -> QuantizationSettings {
  var settings = QuantizationSettings(recipe: recipe)
  settings.overrides = try overrides.map { try TensorOverride($0) }
  settings.effort = effort
  settings.importance = importance
  settings.allowRequantize = allowRequantize
  return settings
}

/// Expects `body` to throw an `InputError` or a `SettingError` whose description contains the texts.
func expectRefusal(_ texts: String..., body: () throws -> some Any) throws {
  do {
    _ = try body()
    Issue.record("nothing was refused")
  } catch let error as any ExitStatusError {
    for text in texts { #expect("\(error)".contains(text), "\(error)") }
  }
}

/// The plan of a dry run.
func planned(_ source: String, _ settings: QuantizationSettings) throws -> QuantizationPlan {
  try Quantizer(source: source, target: "", settings: settings).plan().plan
}
