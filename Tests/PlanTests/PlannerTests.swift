import CleaveEvaluate
import CleaveExits
import CleaveModel
import CleavePlan
import CleaveRuntime
import CleaveStorage
import TestSupport
import Testing

/// Whole plans, of a tiny model on machines from data sheets.
@Suite struct PlannerTests {
  private let scratch: Scratch
  private let model: Artifact

  init() throws {
    scratch = try Scratch()
    model = try TinyModel.llama3.withExits([2, 4], threshold: 0.6, into: scratch)
  }

  /// A trace of texts whose first exit is right in three of four tokens and sure of most of those, and whose second is
  /// always right.
  private func trace(_ manifest: Manifest, feedback: String = "none") -> ExitTrace {
    let texts = (0..<8).map { text in
      let right = (0..<16).map { ($0 + text) % 4 != 0 }
      return ExitTrace.Text(
        promptLength: 5 + text, truth: right.map { _ in 7 },
        said: [right.map { $0 ? 7 : 8 }, right.map { _ in 7 }],
        confidence: [
          right.enumerated().map { $1 ? 0.9 : $0 % 8 == 0 ? 0.95 : 0.1 },
          right.enumerated().map { $0.offset % 2 == 0 ? 0.99 : 0.4 },
        ], asked: feedback == "none" ? nil : right.map { !$0 })
    }
    return ExitTrace(
      modelID: manifest.modelID, exits: Array(manifest), feedback: feedback, texts: texts)
  }

  private func cost(_ gigabytes: Double, _ artifact: Artifact) throws -> ModelCost {
    let profile = DeviceProfile(
      name: "sheet", processor: "any", threads: 1, memoryBytes: 1 << 30,
      costs: .declared(
        DeclaredCosts(
          bytesPerSecond: gigabytes * 1e9, int8OperationsPerSecond: gigabytes * 1e9,
          floatOperationsPerSecond: gigabytes * 1e9, block: 0)))
    return try ModelCost(artifact.manifest, on: profile, threads: 1)
  }

  private func plan(
    _ artifact: Artifact? = nil, traces: [ExitTrace]? = nil, edge: Double = 1, cloud: Double = 1,
    middle: Double? = nil, link: String = "8Mbit,40ms",
    change: (inout PlanSettings) -> Void = { _ in }
  ) throws -> PlanReport {
    let artifact = artifact ?? model
    var settings = PlanSettings(link: try #require(PlannedLink(text: link)))
    settings.maxRisk = 1
    if middle != nil { settings.middleLink = PlannedLink(text: "8Mbit,20ms") }
    change(&settings)
    let traces = traces ?? [trace(artifact.manifest)]
    let rows = try Planner(
      artifact, name: "tiny", traces: traces.enumerated().map { ("\($0).trace", $1) },
      edge: cost(edge, artifact), cloud: cost(cloud, artifact),
      middle: middle.map { try cost($0, artifact) }, settings: settings
    ).run()
    return PlanReport(settings: settings, rows: rows)
  }

  @Test func everyModeIsPlayedAndRiskIsWhatTheTraceSays() throws {
    let report = try plan { $0.thresholds = [0.5] }
    #expect(Set(report.rows.map(\.choice.mode)) == Set(PlanChoice.Mode.allCases))
    for row in report.rows where row.choice.mode.isVerified {
      // The whole model's tokens, but for what rounding the states changes.
      #expect(row.risk == (row.choice.upload == .int8 ? 0.036 : 0))
    }
    let half = try #require(
      report.rows.first {
        $0.choice.mode == .collaborative && $0.choice.rule == "0.5" && $0.choice.exits == 1
      })
    // Two tokens of two texts are sure and wrong; what rounding the states changes comes beside.
    #expect(half.wrong.value == 4.0 / 128)
    #expect(half.risk > half.wrong.value)
    #expect(half.fromCloud > 0.05 && half.fromCloud < 0.3)
    let alone = try #require(report.best(.standalone))
    #expect(alone.bytesUp == 0 && alone.clientsCarried == nil && alone.fromCloud == 0)
  }

  /// A slow link is for the edge; a slow device without a wait is for the cloud.
  @Test func theMachinesDecide() throws {
    let far = try plan(link: "1Mbit,2s")
    #expect(far.best?.choice.mode == .standalone)
    let weak = try plan(edge: 0.001, cloud: 100, link: "1Gbit,0ms")
    #expect(weak.best?.choice.mode == .cloudOnly)
    // Where the server's time is what counts, a split takes less of it than the whole model does.
    let cheap = try plan { $0.objective = .cloudCost }
    let split = try #require(cheap.bestSplit)
    let whole = try #require(cheap.best(.cloudOnly))
    #expect(split.cloudMilliseconds < whole.cloudMilliseconds)
  }

  @Test func boundsAreKeptOrNamed() throws {
    let strict = try plan { $0.maxRisk = 0.02 }
    #expect(strict.best.map { $0.risk <= 0.02 } == true)
    let tight = try plan { $0.maxMemory = 10 }
    #expect(tight.best?.choice.mode == .cloudOnly)
    #expect(tight.conflict?.bound == "memory of at most 10 bytes")
    #expect(tight.conflict?.nearest.choice.exits == 1)
    #expect(try plan().conflict == nil)
  }

  @Test func theFrontHoldsWhatNothingBeats() throws {
    let report = try plan()
    let front = report.rows.indices.filter { report.isOnFront[$0] }.map { report.rows[$0] }
    #expect(!front.isEmpty && front.count < report.rows.count)
    for row in front {
      #expect(
        !report.rows.contains {
          $0.p50 < row.p50 && $0.cloudMilliseconds < row.cloudMilliseconds
            && $0.bytesUp + $0.bytesDown < row.bytesUp + row.bytesDown
            && $0.edgeBytes < row.edgeBytes && $0.risk < row.risk
        })
    }
    let best = try #require(report.best)
    #expect(report.rows.allSatisfy { $0.p50 >= best.p50 })
  }

  @Test func equalPlansAreEqual() throws {
    func text() throws -> String { try plan { $0.clients = 5 }.json.text() }
    #expect(try text() == text())
  }

  /// With more clients the server's passes hold more of them: less of its time for each token, and more waiting.
  @Test func clientsShareTheServer() throws {
    func whole(_ clients: Int) throws -> PlanRow {
      try #require(try plan { $0.clients = clients }.rows.first { $0.choice.mode == .cloudOnly })
    }
    let (one, many) = (try whole(1), try whole(16))
    #expect(many.cloudMilliseconds < one.cloudMilliseconds)
    #expect(many.p50 > one.p50)
  }

  /// Exits with feedback are played on traces that were recorded as they are asked.
  @Test func feedbackNeedsBothTraces() throws {
    let other = try Scratch()
    let model = try TinyModel.llama3.withFeedback(.chain, threshold: 0.6, into: other)
    let (alone, policy) = (
      trace(model.manifest), trace(model.manifest, feedback: "policy")
    )
    let report = try plan(model, traces: [alone, policy])
    for row in report.rows {
      switch row.choice.mode {
      case .cloudOnly: #expect(row.trace == nil)
      case .standalone: #expect(row.trace == "none")
      case .collaborative, .lossless: #expect(row.trace == "policy")
      }
    }
    #expect(report.rows.contains { $0.choice.mode == .collaborative && $0.bytesDown > 50 })
    for one in [alone, policy] {
      let error = #expect(throws: InputError.self) { try plan(model, traces: [one]) }
      #expect(error?.location == "feedback")
    }
  }

  /// A tier between has the last exits; its answers are theirs, so the text and its risk are those of an edge with all.
  @Test func tiersArePlayedBesideTwo() throws {
    let report = try plan(middle: 2) { $0.thresholds = [0.5] }
    let tiers = report.rows.filter { $0.choice.middleExits == 1 }
    #expect(!tiers.isEmpty && tiers.allSatisfy { $0.choice.exits == 1 })
    for row in tiers {
      #expect((row.middleMilliseconds ?? 0) > 0)
      #expect(((row.bytesBehind ?? 0) > 0) == (row.fromCloud > 0))
      let whole = try #require(
        report.rows.first {
          $0.choice.middleExits == 0 && $0.choice.mode == .collaborative
            && $0.choice.thresholds == row.choice.thresholds
            && $0.choice.upload == row.choice.upload && $0.choice.lookAhead == row.choice.lookAhead
        })
      #expect(row.wrong.value == whole.wrong.value)
      #expect(row.edgeBytes < whole.edgeBytes)
      // The cloud begins behind the tier's first exit.
      #expect(row.cloudMilliseconds < whole.cloudMilliseconds)
    }
    #expect(try plan().rows.allSatisfy { $0.choice.middleExits == 0 && $0.bytesBehind == nil })
  }

  /// Traces find their models; the rows of all stand in one report.
  @Test func severalModelsAreCompared() throws {
    let other = try Scratch()
    let deeper = try TinyModel.llama3.withExits([3], threshold: 0.6, into: other)
    let files = try [model, deeper].enumerated().map { index, artifact in
      let path = scratch("\(index).trace")
      var recorded = trace(artifact.manifest)
      if artifact.manifest.exits.count == 1 { recorded = recorded.withFirstExit }
      try recorded.write(to: path, sources: [])
      return path
    }
    let inputs = try PlanInputs(models: [model.path, deeper.path], traces: files.reversed())
    #expect(Set(inputs.models.map(\.name)).count == 2)
    #expect(inputs.models.map { $0.traces.map(\.file) } == files.map { [$0] })
    let missing = #expect(throws: InputError.self) {
      try PlanInputs(models: [model.path, deeper.path], traces: [files[0]])
    }
    #expect(missing?.file == deeper.path && missing?.found == "no trace of this model")
    let third = try Scratch()
    let foreign = try TinyModel.llama3.withExits([1], threshold: 0.6, into: third)
    let error = #expect(throws: InputError.self) {
      try PlanInputs(models: [model.path, foreign.path], traces: files)
    }
    #expect(error?.file == files[1])
  }

  @Test func modelsThatCannotHaveTiersAreRefused() throws {
    let (one, other) = (try Scratch(), try Scratch())
    let single = try TinyModel.llama3.withExits([2], threshold: 0.6, into: one)
    let feedback = try TinyModel.llama3.withFeedback(.chain, threshold: 0.6, into: other)
    for (model, found) in [
      (single, "one exit"), (feedback, "an exit that states come back to"),
    ] {
      let traces = [trace(model.manifest), trace(model.manifest, feedback: "policy")]
      let error = #expect(throws: InputError.self) { try plan(model, traces: traces, middle: 1) }
      #expect(error?.found == found)
    }
  }

  @Test func tracesOfSomethingElseAreRefused() throws {
    let own = trace(model.manifest)
    let another = ExitTrace(
      modelID: String(repeating: "0", count: 64), exits: own.exits, feedback: "none",
      texts: own.texts)
    #expect(throws: InputError.self) { try plan(traces: [another]) }
    let trained = ExitTrace(
      modelID: own.modelID,
      exits: own.exits.map {
        ExitTrace.Exit(depth: $0.depth, sha256: String(repeating: "0", count: 64))
      }, feedback: "none", texts: own.texts)
    let error = #expect(throws: InputError.self) { try plan(traces: [own, trained]) }
    #expect(error?.location == "exits" && error?.file == "1.trace")
    let plain = try Artifact(opening: scratch("model"))
    let noExit = #expect(throws: InputError.self) { try plan(plain, traces: [own]) }
    #expect(noExit?.found == "no exit")
  }
}

extension ExitTrace {
  /// The same of a model that has the first exit alone.
  fileprivate var withFirstExit: ExitTrace {
    ExitTrace(
      modelID: modelID, exits: exits, feedback: feedback,
      texts: texts.map {
        Text(
          promptLength: $0.promptLength, truth: $0.truth, said: [$0.said[0]],
          confidence: [$0.confidence[0]], asked: $0.asked)
      })
  }
}
