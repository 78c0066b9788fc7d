import CleaveBuild
import CleaveModel
import CleaveStorage
import Foundation
import Synchronization
import TestSupport
import Testing

/// What a build says, and what it keeps, when a stage fails or another build is in its way.
@Suite struct BuildFailureTests {
  private let fixture: BuildFixture
  private var scratch: Scratch { fixture.scratch }

  init() throws { fixture = try BuildFixture() }

  /// A RoPE base that float64 holds and GGUF's float32 does not.
  @Test func bundlesArePublishedWhenAnExportFails() async throws {
    try scratch.edit("checkpoint/config.json", "\"rope_theta\": 10000.0", "\"rope_theta\": 10000.1")
    try scratch.edit("tiny.yaml", "exports:\n", "exports:\n  - {name: m.gguf, format: gguf}\n")
    let told = Mutex<[String]>([])
    let result = try await fixture.make("out", try fixture.recipe()) { build in
      build.onEvent = {
        if case .failed(let stage, reason: _) = $0 { told.withLock { $0.append(stage) } }
      }
    }
    #expect(!result.isComplete && told.withLock { $0 } == ["export m.gguf"])
    let reason = try #require(result.failures.first).reason
    #expect(
      reason.contains("tiny.yaml: line 22, column 5: stage export m.gguf: model-calibrated"),
      "\(reason)")
    #expect(reason.contains("found 10000.1; expected a number that float32 holds"), "\(reason)")
    #expect(!reason.contains(scratch("cache")), "\(reason)")
    for bundle in ["edge", "cloud"] {
      #expect(try Artifact(opening: scratch("out/\(bundle)")).damagedFiles().isEmpty)
    }
    #expect(Scratch.entries(scratch("out/exports")) == ["edge-hf"])
    let record = try FileSystem.readJSON(scratch("out/build.json"))
    #expect(try record.required("complete").bool() == false)
    #expect(try record.required("failures").elements().count == 1)
    let junit = String(decoding: try readFile(scratch("out/junit.xml")), as: UTF8.self)
    #expect(junit.contains("errors=\"1\"") && junit.contains("<error message="))
    let summary = String(decoding: try readFile(scratch("out/summary.md")), as: UTF8.self)
    #expect(summary.contains("NOT COMPLETE") && summary.contains("| export m.gguf |"))
    // A lock of half a build would refuse the whole one.
    #expect(!FileSystem.exists(scratch("out.lock")))
  }

  /// What is said of a stage that fails when it is run.
  private func fault(_ set: String...) async throws -> String {
    var text = String(decoding: try readFile(scratch("tiny.yaml")), as: UTF8.self)
    for line in set { text = text.replacing("  longest: 64\n", with: "  longest: 64\n  \(line)\n") }
    try scratch.write(text, to: "tiny.yaml")
    let error = await #expect(throws: InputError.self) {
      try await fixture.make("out", try fixture.recipe())
    }
    return error?.description ?? ""
  }

  @Test func stagesFailInTheWordsOfTheRecipe() async throws {
    let full = try await fault("capture_limit: 1K")
    #expect(
      full.contains("tiny.yaml: line 5, column 3: stage capture: found a store of up to"), "\(full)"
    )
    #expect(full.contains("expected at most 1000 bytes. Allow more"), "\(full)")
    #expect(!full.contains(scratch("cache")), "\(full)")
  }

  @Test func advicesNameKeysOfTheRecipe() async throws {
    try scratch.edit("tiny.yaml", "replace: true}", "replace: true, init: auto}")
    try scratch.edit("tiny.yaml", "batch_tokens: 64", "batch_tokens: 16")
    let fault = try await fault()
    #expect(fault.contains("stage train: "), "\(fault)")
    #expect(fault.contains("Give train.batch_tokens "), "\(fault)")
    #expect(!fault.contains(scratch("cache")) && !fault.contains("--"), "\(fault)")
  }

  // MARK: Two builds

  /// A directory of a cache that another build works in: that of the first stage, or of recordings.
  private func busy(
    _ kind: String, _ name: String, cache: String = "second"
  ) throws -> Mutex<FileLock?> {
    _ = try BuildCache(scratch(cache))
    let path = try scratch.makeDirectory("\(cache)/\(kind)/\(name)")
    let lock: FileLock = try #require(FileLock(path))
    return Mutex(lock)
  }

  @Test func aStageThatAnotherBuildRunsIsWaitedFor() async throws {
    let first = try await fixture.make("one", try fixture.recipe(), cache: "first")
    let train = try #require(first.stages.first { $0.name == "train" })
    for (kind, name) in [("work", first.stages[0].entry.key), ("recordings", train.entry.digest)] {
      let cache = "second-\(kind)"
      let lock = try busy(kind, name, cache: cache)
      let waits = Mutex<[String]>([])
      let second = try await fixture.make("two", try fixture.recipe(), cache: cache) { build in
        build.onEvent = {
          guard case .waits(_, on: let path) = $0 else { return }
          waits.withLock { $0.append(path) }
          lock.withLock { $0 = nil }
        }
      }
      #expect(waits.withLock { $0 } == [scratch("\(cache)/\(kind)/\(name)")])
      #expect(second.stages.map(\.entry.digest) == first.stages.map(\.entry.digest))
    }
  }

  @Test func whatTheOtherBuildMadeIsTaken() async throws {
    let first = try await fixture.make("one", try fixture.recipe(), cache: "first")
    let key = first.stages[0].entry.key
    let lock = try busy("work", key)
    let second = try await fixture.make("two", try fixture.recipe(), cache: "second") { build in
      build.onEvent = {
        guard case .waits = $0 else { return }
        try? FileManager.default.copyItem(
          atPath: scratch("first/stages/\(key)"), toPath: scratch("second/stages/\(key)"))
      }
    }
    #expect(second.stages[0].isReused && !second.stages[1].isReused)
    withExtendedLifetime(lock) {}
  }

  @Test func aWaitCanBeGivenUp() async throws {
    let first = try await fixture.make("one", try fixture.recipe(), cache: "first")
    let lock = try busy("work", first.stages[0].entry.key)
    let error = await #expect(throws: InputError.self) {
      try await fixture.make("two", try fixture.recipe(), cache: "second") {
        $0.longestWait = .zero
      }
    }
    #expect(error?.found == "another build that works there")
    let isTold = Mutex(false)
    await #expect(throws: BuildStopped.self) {
      try await fixture.make("two", try fixture.recipe(), cache: "second") { build in
        build.onEvent = { if case .waits = $0 { isTold.withLock { $0 = true } } }
        build.shouldStop = { isTold.withLock { $0 } }
      }
    }
    withExtendedLifetime(lock) {}
  }
}
