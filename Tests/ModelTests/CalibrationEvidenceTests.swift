import CleaveModel
import CleaveStorage
import TestSupport
import Testing

/// calibration.json, right and wrong.
@Suite struct CalibrationEvidenceTests {
  private static let digest = String(repeating: "0123456789abcdef", count: 4)

  private static let evidence = CalibrationEvidence(
    command: ["cleave", "calibrate", "model", "--prompts", "p.jsonl:q"],
    sources: [
      .init(
        name: "p.jsonl", field: "q", format: "Say\n{q} \"\u{1F600}\"", sha256: digest, prompts: 0)
    ],
    tuning: [String(digest.prefix(32))], calibration: [String(repeating: "f", count: 32)],
    candidates: [
      .init(
        thresholds: [0.1 + 0.2, 2],
        tuning: .init(risk: 0.25, cloudShare: 0.5, exitShares: [0.5, 0]),
        calibration: .init(risk: 0.125, cloudShare: 1, exitShares: [0, 0]), pValue: 0.0625,
        passed: true),
      .init(thresholds: [0, 0], tuning: nil, calibration: nil, pValue: nil, passed: false),
    ],
    standaloneCandidates: [
      .init(thresholds: [0.5], tuning: nil, calibration: nil, pValue: 1, passed: false)
    ],
    frontiers: [
      .init(signal: .entropy, points: [.init(disagreement: 0, cloudShare: 1)])
    ],
    exits: [
      .init(
        depth: 2, temperature: 1.25, before: [.init(tokens: 3, right: 2, confidence: 0.5)],
        after: [.init(tokens: 0, right: 0, confidence: 0)], signalTokens: [1, 2],
        signalRight: [0, 2])
    ],
    traffic: .init(
      bytesUpPerToken: 100.5, bytesDownPerToken: 9, cloudOnlyBytesUpPerToken: 200, stateBytes: 256),
    samples: [
      .init(
        prompt: "What?", mode: "standalone", loss: 0.5,
        tokens: [.init(text: " a\u{FFFD}", source: "exit_2", confidence: 1, agrees: false)])
    ])

  /// Evidence in an artifact, with the file's digest in the manifest.
  private func read(_ json: JSON) throws -> CalibrationEvidence? {
    let scratch = try Scratch()
    let source = try TinyArtifact.make(in: scratch)
    let writer = try ArtifactWriter(target: scratch("with"), sources: [], force: false)
    for file in source.manifest.files { try writer.link(file.path, from: source) }
    try writer.write(Array(json.text().utf8), to: ArtifactLayout.calibration)
    var manifest = source.manifest
    let mode = CalibrationMode(
      thresholds: [], promise: nil, risk: 0, cloudShare: 1, exitShares: [])
    let data = CalibrationData(prompts: 1, sha256: Self.digest)
    manifest.calibration = CalibrationRecord(
      weightsSHA256: CalibratedWeights.sha256(of: manifest), activations: "int8", kvCache: "f16",
      loss: "disagreement",
      setting: .init(maxTokens: 1, longestPrompt: 1, usesChatTemplate: false), tuning: data,
      calibration: data, collaborative: mode, standalone: mode)
    _ = try writer.finish(manifest)
    return try Artifact(opening: scratch("with")).calibrationEvidence()
  }

  @Test func readsBack() throws {
    #expect(try read(Self.evidence.json) == Self.evidence)
    let scratch = try Scratch()
    #expect(try TinyArtifact.make(in: scratch).calibrationEvidence() == nil)
  }

  @Test func itKnowsItsPrompts() {
    let evidence = Self.evidence
    #expect(evidence.contains(sha256: Self.digest))
    #expect(evidence.contains(sha256: String(repeating: "f", count: 64)))
    #expect(!evidence.contains(sha256: String(repeating: "e", count: 64)))
  }

  /// The value that replaces the one at a path; nil removes it.
  @Test(
    arguments: [
      ("schema", "\"other\"", "schema"), ("version", "2", "version"), ("version", "-1", "version"),
      ("command", "[1]", "command[0]"), ("command", "{}", "command"),
      ("sources.0.name", "3", "sources[0].name"), ("sources.0.field", nil, "sources[0]"),
      ("sources.0.format", "null", "sources[0]"),
      ("sources.0.sha256", "\"0123\"", "sources[0].sha256"),
      ("sources.0.prompts", "-1", "sources[0].prompts"),
      ("sources.0.prompts", "1.5", "sources[0].prompts"),
      ("tuning.0", "\"ABCDEF0123456789ABCDEF0123456789\"", "tuning[0]"),
      ("tuning.0", "\"0123\"", "tuning[0]"), ("calibration.0", "7", "calibration[0]"),
      ("calibration", nil, ""), ("candidates", nil, ""),
      ("candidates.0.thresholds.1", "\"off\"", "candidates[0].thresholds[1]"),
      ("candidates.0.tuning.risk", "1.5", "candidates[0].tuning.risk"),
      ("candidates.0.tuning.cloud_share", "-0.5", "candidates[0].tuning.cloud_share"),
      ("candidates.0.calibration.exit_shares.1", "2", "candidates[0].calibration.exit_shares[1]"),
      ("candidates.0.calibration.risk", nil, "candidates[0].calibration"),
      ("candidates.0.p_value", "1.01", "candidates[0].p_value"),
      ("candidates.0.passed", "1", "candidates[0].passed"),
      ("standalone_candidates.0.passed", nil, "standalone_candidates[0]"),
      ("frontiers.0.signal", "\"loudness\"", "frontiers[0].signal"),
      ("frontiers.0.points.0.disagreement", "3", "frontiers[0].points[0].disagreement"),
      ("frontiers.0.points.0.cloud_share", nil, "frontiers[0].points[0]"),
      ("exits.0.depth", "0", "exits[0].depth"),
      ("exits.0.temperature", "0", "exits[0].temperature"),
      ("exits.0.before.0.tokens", "-3", "exits[0].before[0].tokens"),
      ("exits.0.after.0.confidence", "1.5", "exits[0].after[0].confidence"),
      ("exits.0.after.0.right", nil, "exits[0].after[0]"),
      ("exits.0.signal_tokens.1", "0.5", "exits[0].signal_tokens[1]"),
      ("exits.0.signal_right", "3", "exits[0].signal_right"),
      ("traffic", "null", ""),
      ("traffic.bytes_up_per_token", "\"1\"", "traffic.bytes_up_per_token"),
      ("traffic.state_bytes", "-1", "traffic.state_bytes"),
      ("samples.0.prompt", "[]", "samples[0].prompt"), ("samples.0.loss", "1.5", "samples[0].loss"),
      ("samples.0.mode", nil, "samples[0]"),
      ("samples.0.tokens.0.confidence", "-1", "samples[0].tokens[0].confidence"),
      ("samples.0.tokens.0.agrees", "0", "samples[0].tokens[0].agrees"),
      ("samples.0.tokens.0.source", nil, "samples[0].tokens[0]"),
    ] as [(String, String?, String)])
  func isRefused(path: String, value: String?, location: String) throws {
    let new = try value.map { try JSON.parse(Array("[\($0)]".utf8), file: "value") }
    var element: JSON?
    if case .array(let list)? = new { element = list[0] }
    let json = Self.replace(path.split(separator: ".")[...], in: Self.evidence.json, element)
    let error = #expect(throws: InputError.self) { try read(json) }
    #expect(error?.file.hasSuffix("calibration.json") == true)
    #expect((error?.location ?? "") == location, "\(error?.description ?? "")")
  }

  private static func replace(
    _ path: ArraySlice<Substring>, in json: JSON, _ value: JSON?
  ) -> JSON {
    guard let first = path.first else { return json }
    switch json {
    case .object(var object):
      let name = String(first)
      guard let member = object[name] else { return json }
      object[name] = path.count == 1 ? value : replace(path.dropFirst(), in: member, value)
      return .object(object)
    case .array(var array):
      guard let index = Int(first), index < array.count else { return json }
      if path.count == 1 {
        if let value { array[index] = value } else { array.remove(at: index) }
      } else {
        array[index] = replace(path.dropFirst(), in: array[index], value)
      }
      return .array(array)
    default: return json
    }
  }
}
