import CleaveModel
import CleaveStorage
import TestSupport
import Testing

/// The calibration record of a manifest, and the records that are refused.
@Suite struct CalibrationRecordTests {
  /// Six tied blocks with exits after 2 and 4, calibrated.
  private static let valid = Result { try calibrated() }

  private static func calibrated() throws -> Manifest {
    var manifest = try TinyArtifact.manifest(exits: [
      ExitRecord(depth: 2, threshold: 0.1 + 0.2, calibrated: true),
      ExitRecord(depth: 4, threshold: 2, calibrated: true),
    ])
    manifest.files.append(
      FileRecord(
        path: ArtifactLayout.calibration,
        digest: FileDigest(bytes: 9, sha256: manifest.modelID)))
    manifest.files.sort { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    let digest = String(repeating: "0f", count: 32)
    manifest.calibration = CalibrationRecord(
      weightsSHA256: CalibratedWeights.sha256(of: manifest), activations: "int8", kvCache: "f16",
      loss: "disagreement",
      setting: .init(maxTokens: 64, longestPrompt: 384, usesChatTemplate: true),
      tuning: .init(prompts: 100, sha256: digest),
      calibration: .init(prompts: 300, sha256: manifest.modelID),
      collaborative: CalibrationMode(
        thresholds: [0.1 + 0.2, 2],
        promise: .init(risk: 0.05, delta: 0.1, procedure: .hoeffdingBentkus, passed: true),
        risk: 0.03125, cloudShare: 0.5, exitShares: [0.25, 0.25]),
      standalone: CalibrationMode(
        thresholds: [0.7, 0], promise: nil, risk: 0.3, upperBound: .init(risk: 0.35, delta: 0.1),
        cloudShare: 0, exitShares: [0.4, 0.6]))
    return manifest
  }

  private func read(_ json: JSON) throws -> Manifest {
    let text = Array(json.text().utf8)
    return try Manifest(
      try JSONNode(parsing: text, file: "manifest.json"))
  }

  @Test func readsBack() throws {
    let manifest = try Self.valid.get()
    #expect(try read(manifest.json) == manifest)
    var other = manifest
    other.calibration?.collaborative.promise = .init(
      risk: 0.2, delta: nil, procedure: .conformal, passed: false)
    // Exits that are off keep no promise.
    #expect(throws: InputError.self) { try read(other.json) }
    for index in other.exits.indices { other.exits[index].calibrated = false }
    #expect(try read(other.json) == other)
    other.calibration?.collaborative.promise?.delta = 0.1
    #expect(throws: InputError.self) { try read(other.json) }
    var edge = manifest
    edge.role = .edge
    edge.blocks = 0..<4
    edge.files.removeAll {
      [ArtifactLayout.block(4), ArtifactLayout.block(5)].contains($0.path)
    }
    #expect(try read(edge.json) == edge && !edge.calibrationIsStale)
  }

  /// To the bit: a threshold that moved could meet the confidence that it stands beside.
  @Test func thresholdsAreNotRounded() throws {
    var manifest = try Self.valid.get()
    var random = SplitMix64(seed: 21)
    for _ in 0..<300 {
      let high = Float.random(in: 0...1, using: &random)
      let thresholds = [
        (Double(high) + Double(high.nextDown)) / 2, Double.random(in: 0...1, using: &random),
      ]
      for index in 0..<2 { manifest.exits[index].threshold = thresholds[index] }
      manifest.calibration?.collaborative.thresholds = thresholds
      manifest.calibration?.standalone.thresholds = thresholds.reversed()
      let back = try read(manifest.json)
      let bits = thresholds.map(\.bitPattern)
      #expect(back.exits.map(\.threshold.bitPattern) == bits)
      #expect(back.calibration?.collaborative.thresholds.map(\.bitPattern) == bits)
      #expect(back.calibration?.standalone.thresholds.map(\.bitPattern) == bits.reversed())
    }
  }

  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let location: String
    let found: String
    let change: @Sendable (inout Manifest) -> Void

    init(
      _ name: String, location: String, found: String,
      _ change: @escaping @Sendable (inout Manifest) -> Void
    ) {
      testDescription = name
      self.location = location
      self.found = found
      self.change = change
    }
  }

  @Test(arguments: [
    Case(
      "calibrated exits without a calibration", location: "exits[0].calibrated",
      found: "true without a calibration"
    ) {
      $0.calibration = nil
      $0.files.removeAll { $0.path == ArtifactLayout.calibration }
    },
    Case(
      "a calibrated second exit without a calibration", location: "exits[1].calibrated",
      found: "true without a calibration"
    ) {
      $0.calibration = nil
      $0.exits[0].calibrated = false
      $0.files.removeAll { $0.path == ArtifactLayout.calibration }
    },
    Case("the file alone", location: "calibration", found: "none beside a calibration.json") {
      $0.calibration = nil
      for index in $0.exits.indices { $0.exits[index].calibrated = false }
    },
    Case("the record alone", location: "files", found: "calibration.json 0 times") {
      $0.files.removeAll { $0.path == ArtifactLayout.calibration }
    },
    Case("the file twice", location: "files", found: "calibration.json 2 times") { manifest in
      guard let file = manifest.file(ArtifactLayout.calibration) else { return }
      manifest.files.append(file)
    },
    Case("a cloud bundle", location: "calibration", found: "one") { manifest in
      manifest.role = .cloud
      manifest.blocks = 2..<6
      manifest.exits = []
      let kept = Set(manifest.expectedFiles.map(\.path))
      manifest.files.removeAll { !kept.contains($0.path) }
    },
    Case(
      "another threshold", location: "calibration.collaborative.thresholds",
      found: "[0.30000000000000004, 2.0]"
    ) { $0.exits[0].threshold = 0.3 },
    Case(
      "thresholds of other exits", location: "calibration.collaborative.thresholds",
      found: "[2.0, 0.30000000000000004]"
    ) { $0.calibration?.collaborative.thresholds.reverse() },
    Case(
      "a threshold too few", location: "calibration.collaborative",
      found: "1 thresholds, 2 exit shares"
    ) { $0.calibration?.collaborative.thresholds.removeLast() },
    Case(
      "a threshold too many alone", location: "calibration.standalone",
      found: "3 thresholds, 2 exit shares"
    ) { $0.calibration?.standalone.thresholds.append(2) },
    Case(
      "a share too few", location: "calibration.standalone", found: "2 thresholds, 1 exit shares"
    ) { $0.calibration?.standalone.exitShares.removeLast() },
    Case("a share of 1.5", location: "calibration.collaborative.cloud_share", found: "1.5") {
      $0.calibration?.collaborative.cloudShare = 1.5
    },
    Case("a share below 0", location: "calibration.standalone.exit_shares[1]", found: "-0.25") {
      $0.calibration?.standalone.exitShares[1] = -0.25
    },
    Case("a risk of 2", location: "calibration.standalone.risk", found: "2.0") {
      $0.calibration?.standalone.risk = 2
    },
    Case("a promise of 1.25", location: "calibration.collaborative.promise.risk", found: "1.25") {
      $0.calibration?.collaborative.promise?.risk = 1.25
    },
    Case("a delta of 7", location: "calibration.collaborative.promise.delta", found: "7.0") {
      $0.calibration?.collaborative.promise?.delta = 7
    },
    Case("a bound of 3", location: "calibration.standalone.upper_bound.risk", found: "3.0") {
      $0.calibration?.standalone.upperBound?.risk = 3
    },
    Case("a threshold below 0", location: "calibration.standalone.thresholds[0]", found: "-0.5") {
      $0.calibration?.standalone.thresholds[0] = -0.5
    },
    Case("no tokens", location: "calibration.setting.max_tokens", found: "0") {
      $0.calibration?.setting.maxTokens = 0
    },
    Case("prompts below 0", location: "calibration.tuning.prompts", found: "-1") {
      $0.calibration?.tuning.prompts = -1
    },
    Case("no digest", location: "calibration.weights_sha256", found: "abc") {
      $0.calibration?.weightsSHA256 = "abc"
    },
  ])
  func isRefused(hostile: Case) throws {
    var manifest = try Self.valid.get()
    hostile.change(&manifest)
    let error = #expect(throws: InputError.self) { try read(manifest.json) }
    #expect(error?.location == hostile.location)
    #expect(error?.found.contains(hostile.found) == true, "\(error?.found ?? "")")
  }

  /// Each member is needed, but those that may be nil.
  @Test func everyMemberIsNeeded() throws {
    let manifest = try Self.valid.get()
    guard case .object(var object) = manifest.json,
      case .object(let record)? = object["calibration"]
    else { return #expect(Bool(false)) }
    #expect(record.members.count == 9)
    for (name, _) in record.members {
      var damaged = record
      damaged[name] = nil
      object["calibration"] = .object(damaged)
      let error = #expect(throws: InputError.self) { try read(.object(object)) }
      #expect(error?.location == "calibration" && error?.description.contains(name) == true)
    }
  }

  /// A change of numerics makes a calibration stale: other answers were measured.
  @Test func whatChangesWhatIsSaidMakesItStale() throws {
    let manifest = try Self.valid.get()
    #expect(!manifest.calibrationIsStale)
    let changes: [(inout Manifest) -> Void] = [
      { $0.exits[1].temperature = 1.5 }, { $0.exits[0].signal = .margin },
      { $0.exits[0].trained = true }, { $0.exits[0].body = .mlp },
      { $0.modelID = String(repeating: "0", count: 64) },
      { manifest in
        for index in manifest.files.indices
        where manifest.files[index].path == manifest.exits[1].path {
          manifest.files[index].digest = FileDigest(
            bytes: 384, sha256: String(repeating: "1", count: 64))
        }
      },
      { $0.exits.removeLast() },
    ]
    for (index, change) in changes.enumerated() {
      var other = manifest
      change(&other)
      #expect(other.calibrationIsStale, "change \(index)")
    }
  }

  @Test func whatChangesWhenItIsSaidDoesNot() throws {
    var manifest = try Self.valid.get()
    manifest.exits[0].threshold = 0.01
    manifest.exits[1].calibrated = false
    manifest.provenance = []
    #expect(!manifest.calibrationIsStale)
    manifest.calibration = nil
    manifest.exits[1].temperature = 9
    #expect(!manifest.calibrationIsStale)
  }
}
