import CleaveExits
import CleaveCalibrate
import CleaveEvaluate
import CleaveModel
import CleavePrompts
import CleaveRuntime
import CleaveStorage
import TestSupport
import Testing

/// Whole calibrations of a tiny model, and what they may and may not use.
@Suite struct CalibrationTests {
  private let data: CalibrationCase

  init() throws { data = try CalibrationCase() }

  /// Where an exact risk can be said by hand: this test's p-values depend on the mean loss alone.
  @Test(arguments: [
    (risk: 0.2, delta: 0.2, seed: 0), (risk: 0.3, delta: 0.3, seed: 1),
    (risk: 0.4, delta: 0.2, seed: 2),
  ])
  func theLastThatPassedIsShipped(_ promise: (risk: Double, delta: Double, seed: UInt64))
    async throws
  {
    let result = try await data.calibrate(
      data.settings(80) {
        $0.procedure = .hoeffdingBentkus
        ($0.risk, $0.delta, $0.seed) = (promise.risk, promise.delta, promise.seed)
      })
    let test = RiskTest(
      procedure: .hoeffdingBentkus, risk: promise.risk, delta: promise.delta)
    let candidates = result.evidence.candidates
    #expect(!candidates.isEmpty)
    var last: Int?
    var isOver = false
    for (index, candidate) in candidates.enumerated() {
      guard !isOver else {
        #expect(candidate.calibration == nil && candidate.pValue == nil && !candidate.passed)
        continue
      }
      let outcome = try #require(candidate.calibration)
      // On 60 prompts, the tuning prompts not among them.
      let pValue = test.pValue(
        (0..<60).map { min(1, max(0, Self.sum(of: outcome) - Double($0))) }, prior: [])
      #expect(abs(pValue - (candidate.pValue ?? 2)) < 1e-9)
      if pValue <= promise.delta { last = index } else { isOver = true }
      #expect(candidate.passed == (pValue <= promise.delta))
    }
    let mode = result.record.collaborative
    #expect(mode.promise?.passed == (last != nil))
    if let last, let outcome = candidates[last].calibration {
      #expect(mode.thresholds == candidates[last].thresholds)
      #expect(mode.risk == outcome.risk && mode.cloudShare == outcome.cloudShare)
      #expect(mode.exitShares == outcome.exitShares && mode.risk <= promise.risk)
    }
    #expect(last != nil && isOver, "\(candidates.map(\.pValue))")
    #expect(
      mode.promise
        == .init(
          risk: promise.risk, delta: promise.delta, procedure: .hoeffdingBentkus, passed: true))
  }

  /// Of the losses of 60 prompts.
  private static func sum(of outcome: CalibrationEvidence.Outcome) -> Double {
    let sum = outcome.risk * 60
    return abs(sum - sum.rounded()) < 1e-9 ? sum.rounded() : sum
  }

  /// Text by text with sessions and the whole model, which know nothing of recordings.
  @Test func theRiskIsThatOfSessionsOnTheCalibrationPrompts() async throws {
    let result = try await data.calibrate(data.settings(40) { ($0.risk, $0.delta) = (0.3, 0.3) })
    let (edge, whole) = (try EdgeModel(exitsOf: data.model), try WholeModel(data.model))
    let pool = try ThreadPool(threads: 1)
    let generation = Generation(
      maxTokens: 6, stopTokens: Set(data.model.manifest.tokens.endOfText))
    let tokenizer = try data.model.tokenizer()
    func losses(_ mode: CalibrationMode, standalone: Bool, of prompts: [String]) async throws
      -> [Double]
    {
      var losses: [Double] = []
      for text in prompts {
        var client: CloudClient?
        if !standalone {
          client = try await CloudClient(
            InProcessLink(CloudContextManager(try CloudModel(restOf: data.model), pool: pool)),
            edge: edge.manifest, numerics: .standard)
        }
        let prompt = tokenizer.encode(text)
        let answers = try await generation.run(
          EdgeSession(
            edge.reading(result.signal),
            policy: .init(
              thresholds: mode.thresholds, mode: .init(hasCloud: !standalone)), cloud: client,
            pool: pool), prompt: prompt
        ).all
        let truth = WholeModelSession(whole, pool: pool)
        try await truth.feed(prompt)
        var wrong = 0
        for answer in answers {
          if try await truth.answer().token != answer.token { wrong += 1 }
          try await truth.feed([answer.token])
        }
        losses.append(Double(wrong) / Double(answers.count))
      }
      return losses
    }
    let prompts = CalibrationCase.texts(0..<40).filter { text in
      result.evidence.calibration.contains {
        ContentDigest(of: text).sha256.hasPrefix($0)
      }
    }
    #expect(prompts.count == 30)
    for (mode, standalone) in [
      (result.record.collaborative, false), (result.record.standalone, true),
    ] {
      let losses = try await losses(mode, standalone: standalone, of: prompts)
      #expect(abs(losses.reduce(0, +) / 30 - mode.risk) < 1e-12)
    }
    let alone = try await losses(result.record.standalone, standalone: true, of: prompts)
    let bound = try #require(result.record.standalone.upperBound)
    #expect(bound.delta == 0.3 && bound.risk > alone.reduce(0, +) / 30)
  }

  @Test func noPromptIsInBothParts() async throws {
    let result = try await data.calibrate(data.settings(50))
    let (tuning, calibration) = (result.evidence.tuning, result.evidence.calibration)
    // Of 50, a quarter rounded.
    #expect(tuning.count == 13 && calibration.count == 37)
    #expect(Set(tuning + calibration).count == 50)
    #expect(result.record.tuning.prompts == 13 && result.record.calibration.prompts == 37)
    let all = CalibrationCase.texts(0..<50).map { ContentDigest(of: $0).sha256 }
    #expect(Set(all.map { String($0.prefix(32)) }) == Set(tuning + calibration))
    for (part, digests) in [
      (result.record.tuning, tuning), (result.record.calibration, calibration),
    ] {
      let lines = all.filter { digests.contains(String($0.prefix(32))) }.sorted()
        .map { $0 + "\n" }.joined()
      #expect(part.sha256 == FileDigest(of: Array(lines.utf8)).sha256)
    }
    #expect(result.evidence.contains(sha256: all[0]))
    #expect(!result.evidence.contains(sha256: ContentDigest(of: "other").sha256))
  }

  @Test func anotherSeedSplitsOtherwise() async throws {
    let results = try [0, 1].map { seed in
      try Calibration(
        data.model.path, cloud: nil, settings: data.settings(40) { $0.seed = seed }, work: nil)
    }
    var tuning: [[String]] = []
    for calibration in results { tuning.append(try await calibration.run().evidence.tuning) }
    #expect(tuning[0].count == 10 && tuning[1].count == 10 && tuning[0] != tuning[1])
  }

  /// 8 prompts with no loss at all keep 0.2 with 0.2: 0.8^8 = 0.168.
  @Test func tooFewPromptsAreRefusedAndJustEnoughAreNot() async throws {
    let error = #expect(throws: InputError.self) {
      try Calibration(data.model.path, cloud: nil, settings: data.settings(10), work: nil)
    }
    #expect(error?.found == "7 prompts to calibrate on")
    #expect(error?.expected.contains("at least 8: ") == true)
    #expect(error?.file.hasSuffix("p.jsonl") == true)
    let enough = try await data.calibrate(data.settings(11))
    #expect(enough.record.calibration.prompts == 8)
    // The standalone promise may need more.
    let alone = #expect(throws: InputError.self) {
      try Calibration(
        data.model.path, cloud: nil, settings: data.settings(20) { $0.standaloneRisk = 0.05 },
        work: nil)
    }
    #expect(alone?.expected.contains("at least 32: ") == true)
    let conformal = #expect(throws: InputError.self) {
      try Calibration(
        data.model.path, cloud: nil,
        settings: data.settings(20) {
          $0.procedure = .conformal
          $0.risk = 0.05
        }, work: nil)
    }
    #expect(conformal?.expected.contains("at least 19: ") == true)
    let one = #expect(throws: InputError.self) {
      try Calibration(data.model.path, cloud: nil, settings: data.settings(1), work: nil)
    }
    #expect(one?.expected.contains("at least one to tune on") == true)
  }

  @Test func tuningPromptsOfTheirOwn() async throws {
    func settings(_ tuning: Range<Int>) throws -> CalibrationSettings {
      try data.write(CalibrationCase.texts(tuning), to: "t.jsonl")
      return try data.settings(20) {
        $0.tuningPrompts = [try! PromptSource(parsing: data.scratch("t.jsonl") + ":q")]
      }
    }
    let result = try await data.calibrate(settings(20..<26))
    #expect(result.record.tuning.prompts == 6 && result.record.calibration.prompts == 20)
    #expect(result.evidence.sources.map(\.name) == ["p.jsonl", "t.jsonl"])
    let digests = CalibrationCase.texts(20..<26).map {
      String(ContentDigest(of: $0).sha256.prefix(32))
    }
    #expect(result.evidence.tuning == digests.sorted())
    let error = #expect(throws: InputError.self) {
      try Calibration(data.model.path, cloud: nil, settings: settings(19..<26), work: nil)
    }
    #expect(error?.file.hasSuffix("t.jsonl") == true)
    let both = ContentDigest(of: CalibrationCase.texts(19..<20)[0]).sha256
    #expect(error?.found.contains(both) == true)
  }

  /// Exits that are never right.
  @Test func whereNothingPassesEveryExitIsOff() async throws {
    let random = try RandomExits(data.model, into: data.scratch).artifact
    let result = try await data.calibrate(
      data.settings(90) { ($0.risk, $0.delta) = (0.05, 0.05) }, random.path)
    let mode = result.record.collaborative
    #expect(mode.promise?.passed == false && mode.thresholds == [2, 2])
    #expect(mode.risk == 0 && mode.cloudShare == 1 && mode.exitShares == [0, 0])
    #expect(result.evidence.candidates.allSatisfy { !$0.passed })
    // Alone somebody answers, and it is only measured.
    let alone = result.record.standalone
    #expect(alone.promise == nil && alone.upperBound != nil && alone.cloudShare == 0)
    #expect(alone.risk > 0.05)
    let target = data.scratch("out")
    _ = try CalibratedArtifact(source: random.path, target: target, sources: [], force: false)
      .write(result, settings: [])
    let manifest = try Artifact(opening: target).manifest
    #expect(manifest.exits.allSatisfy { !$0.calibrated && $0.threshold == 2 })
    #expect(manifest.calibration == result.record && !manifest.calibrationIsStale)
  }

  @Test func aRecordingGoesOnToTheSameResult() async throws {
    let settings = try data.settings(30) { $0.standaloneRisk = 0.5 }
    let work = data.scratch("work")
    let whole = try await data.calibrate(settings).text
    #expect(try await data.calibrate(settings, work: work).text == whole)
    let bytes = try readFile("\(work)/recording.bin")
    #expect(try await data.calibrate(settings, work: work).text == whole)
    #expect(try readFile("\(work)/recording.bin") == bytes)
    // As kills leave it.
    for size in [0, 50, bytes.count / 7, bytes.count / 2, bytes.count - 1] {
      try data.scratch.write(Array(bytes.prefix(size)), to: "work/recording.bin")
      #expect(try await data.calibrate(settings, work: work).text == whole)
    }
    // Another promise about the same weights asks the same recording.
    let other = try data.settings(30) { $0.risk = 0.4 }
    #expect(
      try await data.calibrate(other, work: work).text == data.calibrate(other).text)
  }

  @Test func aRecordingOfOtherNumericsIsRefused() async throws {
    let work = data.scratch("work")
    _ = try await data.calibrate(data.settings(20), work: work)
    let error = #expect(throws: InputError.self) {
      try Calibration(
        data.model.path, cloud: nil, settings: data.settings(20) { $0.numerics = .exact },
        work: work)
    }
    #expect(error?.found == "a recording of other weights, exits or numerics")
    #expect(error?.file == "\(work)/recording.bin")
  }

  @Test func bundlesAreCalibratedAsTheModelIs() async throws {
    let bundles = try TinyModel.partition(data.model, into: data.scratch)
    let settings = try data.settings(30)
    let model = try await data.calibrate(settings)
    let pair = try await data.calibrate(
      settings, bundles.edge.path, cloud: bundles.cloud.path)
    #expect(pair.text == model.text)
    for (path, cloud, location) in [
      (bundles.edge.path, nil, "role"), (bundles.cloud.path, nil, "role"),
      (data.model.path, bundles.cloud.path, "role"),
      (bundles.edge.path, bundles.edge.path, "role"),
    ] as [(String, String?, String)] {
      let error = #expect(throws: InputError.self) {
        try Calibration(path, cloud: cloud, settings: settings, work: nil)
      }
      #expect(error?.location == location, "\(String(describing: error))")
    }
    let other = try Scratch()
    let strange = try TinyModel.llama3.bundles(exits: [2], into: other).cloud
    let error = #expect(throws: InputError.self) {
      try Calibration(
        bundles.edge.path, cloud: strange.path, settings: settings, work: nil)
    }
    #expect(error?.location == "model_id")
  }

  @Test(arguments: ExitRecord.Signal.allCases)
  func aSignalMayBeGiven(signal: ExitRecord.Signal) async throws {
    let result = try await data.calibrate(data.settings(30) { $0.signal = signal })
    #expect(result.signal == signal && result.evidence.frontiers.map(\.signal) == [signal])
  }

  @Test func conformalControlSaysNothingOfDelta() async throws {
    let result = try await data.calibrate(data.settings(40) { $0.procedure = .conformal })
    let promise = try #require(result.record.collaborative.promise)
    #expect(promise.delta == nil && promise.procedure == .conformal && promise.passed)
    let candidates = result.evidence.candidates
    #expect(candidates.allSatisfy { $0.pValue == nil })
    let last = try #require(candidates.lastIndex { $0.passed })
    #expect(result.record.collaborative.thresholds == candidates[last].thresholds)
    // (n R + 1) / (n + 1) of the losses themselves, which are below those made to rise.
    let risk = try #require(candidates[last].calibration?.risk)
    #expect((30 * risk + 1) / 31 <= 0.2)
    #expect(result.record.standalone.upperBound?.delta == 0.2)
  }

  @Test func standaloneHasAPromiseOfItsOwn() async throws {
    let kept = try await data.calibrate(data.settings(60) { $0.standaloneRisk = 0.9 })
    let alone = kept.record.standalone
    #expect(alone.promise?.passed == true && alone.promise?.risk == 0.9)
    #expect(alone.upperBound == nil && alone.cloudShare == 0)
    let last = try #require(kept.evidence.standaloneCandidates.last { $0.passed })
    #expect(alone.thresholds == last.thresholds && alone.risk == last.calibration?.risk)
    let broken = try await data.calibrate(data.settings(60) { $0.standaloneRisk = 0.04 })
    #expect(broken.record.standalone.promise?.passed == false)
    #expect(broken.record.standalone.upperBound != nil)
    #expect(broken.record.collaborative == kept.record.collaborative)
  }

  @Test func theArtifactCarriesWhatWasFound() async throws {
    let settings = try data.settings(40) { $0.risk = 0.4 }
    let result = try await data.calibrate(settings)
    let target = data.scratch("out")
    let written = try CalibratedArtifact(
      source: data.model.path, target: target, sources: [], force: false
    ).write(result, settings: [("risk", "0.2")])
    let artifact = try Artifact(opening: target)
    #expect(artifact.manifest == written && written.calibration == result.record)
    #expect(written.exits.map(\.threshold) == result.record.collaborative.thresholds)
    #expect(written.exits.allSatisfy { $0.calibrated && $0.signal == result.signal })
    #expect(!written.calibrationIsStale)
    #expect(try artifact.calibrationEvidence() == result.evidence)
    #expect(try artifact.damagedFiles().isEmpty)
    #expect(written.provenance.last?.step == "calibrate")
    for file in data.model.manifest.files { #expect(written.file(file.path) == file) }
    // Once more, on what is calibrated already.
    let again = try await data.calibrate(settings, target)
    #expect(again.record == result.record)
    _ = try CalibratedArtifact(
      source: target, target: data.scratch("again"), sources: [], force: false
    ).write(again, settings: [])
    #expect(try Artifact(opening: data.scratch("again")).manifest.calibration == result.record)
  }

  @Test func theContextBoundsPromptAndAnswer() throws {
    let error = #expect(throws: InputError.self) {
      try Calibration(
        data.model.path, cloud: nil, settings: data.settings { $0.longestPrompt = 507 }, work: nil)
    }
    #expect(error?.location == "context_length" && error?.expected.contains("507 + 6") == true)
    #expect(throws: InputError.self) {
      try Calibration(
        data.model.path, cloud: nil, settings: data.settings { $0.longestPrompt = .max },
        work: nil)
    }
  }

  @Test func aRehearsalIsTheSameTwice() async throws {
    func rehearse(_ count: Int, size: Int? = nil) async throws -> Rehearsal.Report {
      try await Rehearsal(
        Calibration(data.model.path, cloud: nil, settings: data.settings(40), work: nil),
        count: count, size: size
      ).run()
    }
    let report = try await rehearse(20)
    #expect(report.calibrationPrompts == 15 && report.populationPrompts == 30)
    #expect(report.splits.draws == 20 && report.draws.draws == 20)
    #expect(report.candidates.allSatisfy { $0.calibration != nil && $0.pValue == nil })
    let again = try await rehearse(20)
    #expect(again.splits == report.splits && again.draws == report.draws)
    #expect(try await rehearse(3, size: 29).calibrationPrompts == 29)
    for size in [7, 30] {
      let error = await #expect(throws: SettingError.self) { try await rehearse(3, size: size) }
      #expect(error?.found.contains("\(size) of 30 prompts") == true)
      #expect(error?.expected.contains("at least 8") == true)
    }
  }
}
