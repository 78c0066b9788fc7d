import CleaveBuild
import CleaveModel
import CleaveStorage
import Synchronization
import TestSupport
import Testing

/// Builds from a checkpoint to verified bundles.
@Suite(.serialized) struct BuildRunTests {
  private let fixture: BuildFixture
  private var scratch: Scratch { fixture.scratch }

  init() throws { fixture = try BuildFixture() }

  private static let stages = [
    "import", "capture", "train", "evaluate", "calibrate", "partition", "verify", "export edge-hf",
  ]

  /// Whether a build stops before its end.
  private func stops(_ body: () async throws -> BuildResult) async throws -> Bool {
    do { _ = try await body() } catch is BuildStopped { return true }
    return false
  }

  @Test func aBuildMakesEverythingOnce() async throws {
    let first = try await fixture.make("out", try fixture.recipe())
    #expect(first.stages.map(\.name) == Self.stages)
    #expect(first.stages.allSatisfy { !$0.isReused })
    #expect(
      Scratch.entries(scratch("out")) == [
        "build.html", "build.json", "cloud", "curve.svg", "edge", "exports", "junit.xml", "model",
        "model-calibrated", "model-exits", "report.html", "summary.md",
      ])
    #expect(try Artifact(opening: scratch("out/edge")).damagedFiles().isEmpty)
    #expect(first.checks.contains { $0.name == "exactness" && $0.passed == true })
    let exits = try first.exits
    #expect(exits.map(\.depth) == [2, 4])
    #expect(exits.allSatisfy { (0...1).contains($0.agreement) && $0.coverage95 != nil })
    // Nothing is run again, and the output of the earlier build is replaced.
    let second = try await fixture.make("out", try fixture.recipe())
    #expect(second.stages.allSatisfy { $0.isReused })
    // Another promise captures, trains and measures nothing anew.
    let third = try await fixture.make("out", try fixture.recipe("calibrate.risk=0.6"))
    #expect(
      third.stages.filter { !$0.isReused }.map(\.name) == [
        "calibrate", "partition", "verify", "export edge-hf",
      ])
  }

  /// The loss of states needs the model's last ones in the capture, whatever it weighs.
  @Test func theLossOfStatesIsCapturedForOnce() async throws {
    try await fixture.make("out", try fixture.recipe())
    let first = try await fixture.make("out", try fixture.recipe("train.state_weight=10"))
    #expect(first.stages.filter { !$0.isReused }.map(\.name).prefix(2) == ["capture", "train"])
    let second = try await fixture.make("out", try fixture.recipe("train.state_weight=20"))
    #expect(second.stages.filter { !$0.isReused }.map(\.name).first == "train")
  }

  @Test func reportsAreWhatOtherProgramsRead() async throws {
    let result = try await fixture.make("out", try fixture.recipe())
    let record = try FileSystem.readJSON(scratch("out/build.json"))
    #expect(try record.required("stages").elements().count == Self.stages.count)
    #expect(try record.required("verified").bool() == result.isVerified)
    let junit = try XMLDocumentCheck(path: scratch("out/junit.xml"))
    #expect(junit.cases == result.checks.count)
    let summary = String(decoding: try readFile(scratch("out/summary.md")), as: UTF8.self)
    #expect(summary.contains("| exactness | pass |"))
    let page = String(decoding: try readFile(scratch("out/build.html")), as: UTF8.self)
    #expect(page.contains("<h1>tiny: verified</h1>") == result.isVerified)
    for text in result.stages.map(\.name) + ["exactness", "Exits on held-out prompts", "predicted"]
    {
      #expect(page.contains(text), "\(text)")
    }
    // Three plots of each exit's evaluations, and the texts of the calibration.
    let facts = JSONNode(
      try #require(result.stages.first { $0.name == "train" }?.entry.facts), file: "train")
    let evaluations = try facts.required("history").elements().count
    #expect(evaluations >= 2)
    #expect(page.split(separator: "mark-learnt").count - 1 == 3 * 2 * evaluations)
    let report = String(decoding: try readFile(scratch("out/report.html")), as: UTF8.self)
    let samples = try #require(report.split(separator: "id=\"samples\"").last)
      .split(separator: "</section>")[0]
    #expect(samples.contains("class=\"sample\"") && page.contains(samples))
    // What a stage took stands beside what was predicted.
    for stage in try record.required("stages").elements() {
      #expect(try stage.required("anonymous_bytes").int() > 0)
      #expect(try stage.required("prediction").required("anonymous_bytes").int() > 0)
    }
    let train = try #require(summary.split(separator: "\n").first { $0.hasPrefix("| train |") })
    #expect(train.split(separator: "|").count == 9, "\(train)")
  }

  /// A build that fails, or is killed, after any stage goes on to the bytes of one that did not.
  @Test func whatWasStoppedGoesOnToTheSameBytes() async throws {
    try await fixture.make("whole", try fixture.recipe())
    for stage in Self.stages {
      let stopped = Mutex(false)
      let isStopped = try await stops {
        try await fixture.make("stopped", try fixture.recipe(), cache: "cache-one") { build in
          build.onEvent = { event in
            if case .ended(let ended) = event, ended.name == stage {
              stopped.withLock { $0 = true }
            }
          }
          build.afterStage = { if $0 == stage { throw BuildStopped() } }
        }
      }
      #expect(isStopped && stopped.withLock { $0 }, "\(stage)")
    }
    try await fixture.make("stopped", try fixture.recipe(), cache: "cache-one")
    #expect(try fixture.lock("stopped") == fixture.lock("whole"))
  }

  /// A training that is stopped goes on from its snapshot.
  @Test func trainingThatWasStoppedGoesOn() async throws {
    try await fixture.make("whole", try fixture.recipe())
    let steps = Mutex(0)
    let isStopped = try await stops {
      try await fixture.make("stopped", try fixture.recipe(), cache: "other") { build in
        build.onEvent = {
          if case .progress("train", label: _, done: let done, total: _, unit: _) = $0 {
            steps.withLock { $0 = done }
          }
        }
        build.shouldStop = { steps.withLock { $0 >= 5 } }
      }
    }
    #expect(isStopped)
    let done = Mutex([Int]())
    try await fixture.make("stopped", try fixture.recipe(), cache: "other") { build in
      build.onEvent = {
        if case .progress("train", label: _, done: let step, total: _, unit: _) = $0 {
          done.withLock { $0.append(step) }
        }
      }
    }
    #expect(done.withLock { $0.min() ?? 0 } > 4)
    #expect(try fixture.lock("stopped") == fixture.lock("whole"))
  }

  @Test func oneThreadAndTwoMakeTheSameBytes() async throws {
    try await fixture.make("one", try fixture.recipe(), cache: "cache-1", threads: 1)
    try await fixture.make("two", try fixture.recipe(), cache: "cache-2", threads: 2)
    #expect(try fixture.lock("one") == fixture.lock("two"))
  }

  @Test func theLockNamesWhatDiffers() async throws {
    try await fixture.make("out", try fixture.recipe())
    let lock = try BuildLock(reading: scratch("out.lock"))
    try await fixture.make("same", try fixture.recipe()) { $0.lock = lock }
    try await expect("name: found other; expected ", lock) {
      try scratch.edit("tiny.yaml", "cleave: 1\n", "cleave: 1\nname: other\n")
    }
    try await expect("stage train: found other settings", lock) {
      try scratch.edit("tiny.yaml", "  steps: 12\n", "  steps: 13\n")
    }
    try await expect("train.prompts[0].file: train.jsonl: found SHA-256", lock) {
      try scratch.write("{\"text\":\"another\"}\n", to: "train.jsonl")
    }
    #expect(throws: InputError.self) { try BuildLock(reading: scratch("none.lock")) }
    #expect(throws: InputError.self) { try BuildLock(reading: scratch("out/build.json")) }
  }

  /// A build and its forecast differ from a lock after a change, before any stage runs; the recipe is then as it was.
  private func expect(
    _ difference: String, _ lock: BuildLock, after change: () throws -> Void
  ) async throws {
    let before = try readFile(scratch("tiny.yaml"))
    try change()
    do {
      try await fixture.make("other", try fixture.recipe()) {
        $0.lock = lock
        $0.onEvent = { _ in Issue.record("a stage began") }
      }
      Issue.record("it did not differ")
    } catch let error as BuildLock.Differs {
      #expect(error.description.contains(difference), "\(error)")
    }
    try scratch.write(before, to: "tiny.yaml")
  }

  @Test func aLockSaysWhatCannotBePromised() async throws {
    try await fixture.make("out", try fixture.recipe())
    let steady = try fixture.lock("out")
    #expect(!steady.contains("follows the machine's speed"))
    try scratch.edit("tiny.yaml", "  steps: 12\n", "  time_budget: 1s\n")
    try await fixture.make("out", try fixture.recipe())
    #expect(try fixture.lock("out").contains("follows the machine's speed"))
  }

  @Test func aDamagedCacheIsMadeAnew() async throws {
    let first = try await fixture.make("out", try fixture.recipe())
    let key = first.stages[0].entry.key
    let file = "cache/stages/\(key)/output/artifact/manifest.json"
    let bytes = try readFile(scratch(file))
    try scratch.write(bytes + [0x20], to: file)
    let second = try await fixture.make("out", try fixture.recipe())
    #expect(second.stages.filter { !$0.isReused }.map(\.name) == ["import"])
    #expect(try readFile(scratch("out/model/manifest.json")) == bytes)
  }

  @Test func outputsOfOthersAreLeftAlone() async throws {
    _ = try scratch.makeDirectory("mine")
    try scratch.write("x", to: "mine/notes.txt")
    #expect(throws: InputError.self) { try BuildOutput(scratch("mine"), sources: []) }
    try await fixture.make("out", try fixture.recipe())
    try scratch.write("x", to: "out/notes.txt")
    #expect {
      try BuildOutput(scratch("out"), sources: [])
    } throws: { "\($0)".contains("notes.txt: found a file that no build writes") }
    #expect(throws: InputError.self) { try BuildCache(scratch("mine")) }
  }

  @Test func missingFilesAreRefusedBeforeAnythingRuns() async throws {
    try scratch.remove("check.jsonl")
    #expect {
      _ = try fixture.build(try fixture.recipe()).forecast()
    } throws: {
      "\($0)".contains(
        "line 14, column 29: evaluate.prompts[0].file: found \"check.jsonl\", and nothing there")
    }
    let digest = String(repeating: "a", count: 64)
    #expect {
      _ = try fixture.build(try fixture.recipe("source.sha256=\"\(digest)\"")).forecast()
    } throws: { "\($0)".contains("found a checkpoint of") }
  }

  @Test func aForecastKnowsWhatIsThereAndWhatItTook() async throws {
    let before = try fixture.build(try fixture.recipe()).forecast()
    #expect(before.stages.first?.isCached == false && before.stages.last?.isCached == nil)
    #expect(before.stages.allSatisfy { !$0.prediction.isMeasured && $0.prediction.peakBytes > 0 })
    // Without a probe the time of what computes is not known.
    #expect(before.stages.first { $0.name == "train" }?.prediction.seconds == nil)
    let result = try await fixture.make("out", try fixture.recipe())
    let after = try fixture.build(try fixture.recipe()).forecast()
    #expect(after.stages.allSatisfy { $0.isCached == true } && after.seconds == 0)
    let other = try fixture.build(try fixture.recipe("train.steps=13")).forecast()
    #expect(other.stages.prefix(3).map(\.isCached) == [true, true, false])
    let train = result.stages.first { $0.name == "train" }
    let predicted = (other.stages[2].prediction.seconds ?? 0) / (train?.entry.seconds ?? 1)
    #expect(abs(predicted - 13.0 / 12.0) < 1e-9)
    try other.check()
    var probed = try fixture.build(try fixture.recipe(), cache: "empty")
    probed.probe = { 1e9 }
    #expect(try probed.forecast().stages.allSatisfy { ($0.prediction.seconds ?? 0) > 0 })
    // What is predicted stands beside what it took.
    #expect(result.stages.allSatisfy { $0.prediction != nil })
  }

  @Test func theCacheIsPrunedToItsLimit() async throws {
    // While the result is there its stages are held.
    var result: BuildResult? = try await fixture.make("out", try fixture.recipe())
    let keys = try #require(result).keys
    let cache = try BuildCache(scratch("cache"))
    #expect(try cache.prune(to: 0).map(\.label) == ["recordings"])
    result = nil
    #expect(try cache.items().count { $0.label == "train" } == 1)
    #expect(try cache.prune(to: .max).isEmpty)
    #expect(try cache.prune(to: 0, keeping: keys).isEmpty)
    #expect(try cache.prune(to: 0).count == Self.stages.count)
    #expect(try cache.items().isEmpty)
    #expect(try Artifact(opening: scratch("out/edge")).damagedFiles().isEmpty)
  }
}
