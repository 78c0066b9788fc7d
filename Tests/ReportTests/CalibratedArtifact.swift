import CleaveModel
import CleaveStorage
import TestSupport

/// A tiny model with exits and a plausible calibration, made in code.
struct CalibratedArtifact {
  var record: CalibrationRecord
  var evidence: CalibrationEvidence
  /// The exits of the manifest; signal, temperature and `calibrated` of each are set from these
  /// values.
  var temperatures: [Double]
  var signal = ExitRecord.Signal.margin
  private let base: Artifact
  let depths: [Int]

  /// - Parameter isEdge: whether to make the edge bundle of the model instead of the model.
  init(depths: [Int] = [2, 4], isEdge: Bool = false, in scratch: Scratch) throws {
    let bundles = try TinyModel.q4_1.bundles(exits: depths, into: scratch)
    base = isEdge ? bundles.edge : bundles.model
    self.depths = depths
    temperatures = depths.indices.map { 1.17 - 0.05 * Double($0) }
    record = SampleRecord.record(exits: depths.count)
    evidence = SampleEvidence(depths: depths, record: record, temperatures: temperatures).evidence
  }

  /// Writes the artifact with consistent thresholds, evidence and hash of the weights.
  func write(to name: String, in scratch: Scratch) throws -> Artifact {
    var manifest = base.manifest
    for index in manifest.exits.indices {
      manifest.exits[index].signal = signal
      manifest.exits[index].temperature = temperatures[index]
      manifest.exits[index].threshold = record.collaborative.thresholds[index]
      manifest.exits[index].trained = true
      manifest.exits[index].calibrated = record.collaborative.promise?.passed ?? false
    }
    manifest.calibration = record
    if record.weightsSHA256.isEmpty {
      let digest = CalibratedWeights.sha256(of: manifest)
      manifest.calibration?.weightsSHA256 = digest
    }
    manifest.provenance.append(
      ProvenanceStep(
        step: "calibrate",
        inputs: [.init(name: "manifest.json", digest: try base.manifestDigest())],
        settings: [("risk", "0.05"), ("delta", "0.05"), ("prompts", "<script>.jsonl:q")]))
    let writer = try ArtifactWriter(target: scratch(name), sources: [], force: false)
    for file in base.manifest.files { try writer.link(file.path, from: base) }
    try writer.write(Array(evidence.json.text().utf8), to: ArtifactLayout.calibration)
    _ = try writer.finish(manifest)
    return try Artifact(opening: scratch(name))
  }
}

/// The record of a calibration that passed.
enum SampleRecord {
  static func digest(_ text: String) -> String { FileDigest(of: Array(text.utf8)).sha256 }

  static func record(exits: Int) -> CalibrationRecord {
    let thresholds = exits == 1 ? [0.71875] : [0.8312499821186066, 0.615]
    let standalone = exits == 1 ? [0.0] : [0.5523, 0]
    return CalibrationRecord(
      weightsSHA256: "", activations: "int8", kvCache: "f16", loss: "disagreement",
      setting: CalibrationSetting(maxTokens: 96, longestPrompt: 512, usesChatTemplate: true),
      tuning: CalibrationData(prompts: 400, sha256: digest("tuning")),
      calibration: CalibrationData(prompts: 1200, sha256: digest("calibration")),
      collaborative: CalibrationMode(
        thresholds: thresholds,
        promise: CalibrationPromise(risk: 0.05, delta: 0.05, procedure: .betting, passed: true),
        risk: 0.04318, cloudShare: 0.3821, exitShares: exits == 1 ? [0.6179] : [0.4012, 0.2167]),
      standalone: CalibrationMode(
        thresholds: standalone, promise: nil, risk: 0.2314,
        upperBound: .init(risk: 0.2497, delta: 0.05), cloudShare: 0,
        exitShares: exits == 1 ? [1] : [0.5721, 0.4279]))
  }
}

extension CalibratedArtifact {
  /// Changes the record to that of a calibration whose safest candidate failed.
  mutating func passNothing() {
    record.collaborative.promise?.passed = false
    record.collaborative.thresholds = depths.map { _ in 2 }
    record.collaborative.risk = 0
    record.collaborative.cloudShare = 1
    record.collaborative.exitShares = depths.map { _ in 0 }
    for index in evidence.candidates.indices {
      evidence.candidates[index].passed = false
      if index > 0 { evidence.candidates[index].calibration = nil }
    }
  }
}
