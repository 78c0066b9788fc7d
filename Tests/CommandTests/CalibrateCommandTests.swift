import CleaveModel
import CleavePrompts
import CleaveStorage
import Foundation
import TestSupport
import Testing

/// `cleave calibrate`, as a person runs it.
@Suite struct CalibrateCommandTests {
  private let scratch: Scratch

  init() throws {
    scratch = try Scratch()
    _ = try TinyModel.q4_1.withExits([2, 4], into: scratch) {
      $0.placement.bodies = [.norm, .tail(blocks: 1)]
      $0.tailStart = .next
    }
    try write(0..<40, to: "p.jsonl")
  }

  private func write(_ range: Range<Int>, to name: String) throws {
    let lines = range.map { "{\"q\":\"Number \($0) and the \($0 * 7919 % 101) dogs\"}\n" }
    try scratch.write(lines.joined(), to: name)
  }

  /// - Parameter output: a directory's name, in which `out` is made; nil for none.
  private func arguments(
    _ output: String? = "a", _ inputs: [String] = ["exits"], _ more: String...
  ) throws -> [String] {
    var arguments =
      ["calibrate"] + inputs.map { scratch($0) } + [
        "--prompts", scratch("p.jsonl") + ":q", "--plain", "--max-tokens", "6",
        "--max-prompt-tokens", "64", "--threads", "1", "-q",
      ]
    for (option, value) in [("--risk", "0.4"), ("--delta", "0.2")]
    where !more.contains(option) {
      arguments += [option, value]
    }
    if let output { arguments += ["-o", "\(try scratch.makeDirectory(output))/out"] }
    return arguments + more
  }

  private func exists(_ name: String) -> Bool {
    FileManager.default.fileExists(atPath: scratch(name))
  }

  private func bytes(_ output: String) throws -> [[UInt8]] {
    try ["manifest.json", "calibration.json"].map { try readFile(scratch("\(output)/out/\($0)")) }
  }

  @Test func aModelIsCalibratedAndCut() throws {
    let command = try Command(arguments("a", ["exits"], "--json"))
    #expect(command.status == 0 && command.errors.isEmpty, "\(command.errors)")
    let json = try command.json()
    let record = try json.required("calibration")
    let promise = try record.required("collaborative").required("promise")
    #expect(try promise.required("passed").bool() && promise.required("risk").number() == 0.4)
    #expect(try json.required("candidates").elements().isEmpty == false)
    #expect(try json.required("standalone_candidates").elements().isEmpty)
    let artifact = try Artifact(opening: scratch("a/out"))
    let manifest = artifact.manifest
    let thresholds = try record.required("collaborative").required("thresholds").elements()
    #expect(try thresholds.map { try $0.number() } == manifest.exits.map(\.threshold))
    #expect(manifest.exits.allSatisfy(\.calibrated) && !manifest.calibrationIsStale)
    #expect(exists("a/out.calibration/recording.bin"))

    let partition = try Command(
      "partition", scratch("a/out"), "--edge", scratch("edge"), "--cloud", scratch("cloud"))
    #expect(partition.status == 0, "\(partition.errors)")
    let edge = try Artifact(opening: scratch("edge"))
    #expect(edge.manifest.calibration == manifest.calibration)
    #expect(!edge.manifest.calibrationIsStale && edge.manifest.exits == manifest.exits)
    #expect(try edge.calibrationEvidence() == artifact.calibrationEvidence())
    let cloud = try Artifact(opening: scratch("cloud")).manifest
    #expect(cloud.calibration == nil && cloud.file(ArtifactLayout.calibration) == nil)
    // The promise counts no answers that rounding changes.
    for (codec, isDoubted) in [("f32", false), ("f32+zstd", false), ("int8", true)] {
      let run = try Command(
        "run", scratch("edge"), "--cloud", scratch("cloud"), "-p", "dogs", "--max-tokens", "2",
        "--codec", codec)
      #expect(run.status == 0, "\(run.errors)")
      #expect(run.errors.contains("that --codec \(codec) changes") == isDoubted, "\(run.errors)")
    }
  }

  @Test func theReportIsForPeople() throws {
    let command = try Command(arguments())
    #expect(command.status == 0, "\(command.errors)")
    for text in [
      "signal ", "; 10 prompts tuned on, 30 calibrated on",
      "collaborative: expected disagreement at most 40.0 % with probability 80.0 % (betting)",
      "standalone: nothing is promised; expected disagreement is measured, at most ",
      "  thresholds ", "answered by exit 2 ",
    ] {
      #expect(command.output.contains(text), "\(text) in \(command.output)")
    }
  }

  @Test func bundlesGetTheThresholdsOfTheModel() throws {
    #expect(try Command(arguments("a")).status == 0)
    let cut = try Command(
      "partition", scratch("exits"), "--edge", scratch("edge"), "--cloud", scratch("cloud"))
    #expect(cut.status == 0)
    let pair = try Command(arguments("b", ["edge", "cloud"]))
    #expect(pair.status == 0, "\(pair.errors)")
    let (model, edge) = (
      try Artifact(opening: scratch("a/out")).manifest,
      try Artifact(opening: scratch("b/out")).manifest
    )
    #expect(edge.role == .edge && edge.calibration == model.calibration)
    #expect(edge.exits == model.exits && !edge.calibrationIsStale)
    for (inputs, text) in [
      (["edge"], "an edge bundle and its cloud bundle"),
      (["exits", "cloud"], "a model alone"), (["cloud", "edge"], "an edge bundle"),
      (["nothing"], "nothing"),
    ] {
      let command = try Command(arguments("c", inputs))
      #expect(command.status == 2 && command.errors.contains(text), "\(command.errors)")
      #expect(!exists("c/out"))
    }
  }

  /// The same command, in another place, a second time, and after a kill.
  @Test func theSameCommandWritesTheSameBytes() throws {
    #expect(try Command(arguments("a")).status == 0)
    #expect(try Command(arguments("b")).status == 0)
    let first = try bytes("a")
    #expect(try bytes("b") == first)
    // With what was recorded.
    #expect(try Command(arguments("b", ["exits"], "--force")).status == 0)
    #expect(try bytes("b")[0] != first[0], "the command is another")
    #expect(try Artifact(opening: scratch("b/out")).manifest.calibration != nil)
    _ = try scratch.makeDirectory("c")
    let recording = try readFile(scratch("a/out.calibration/recording.bin"))
    _ = try scratch.makeDirectory("c/out.calibration")
    try scratch.write(
      Array(recording.prefix(recording.count / 2)), to: "c/out.calibration/recording.bin")
    #expect(try Command(arguments("c")).status == 0)
    #expect(try bytes("c") == first)
  }

  @Test func whatWasKilledGoesOnToTheSameBytes() throws {
    #expect(try Command(arguments("a", ["exits"], "--max-tokens", "200")).status == 0)
    let killed = try arguments("b", ["exits"], "--max-tokens", "200")
    let process = try Command.start(killed)
    for _ in 0..<30_000 where process.isRunning {
      if ((try? readFile(scratch("b/out.calibration/recording.bin"))) ?? []).count > 100 { break }
      usleep(1000)
    }
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    #expect(process.terminationReason == .uncaughtSignal && !exists("b/out"))
    let again = try Command(killed)
    #expect(again.status == 0, "\(again.errors)")
    #expect(try bytes("b") == bytes("a"))
  }

  @Test func anotherSeedSplitsOtherwise() throws {
    #expect(try Command(arguments("a")).status == 0)
    #expect(try Command(arguments("b", ["exits"], "--seed", "7")).status == 0)
    let evidence = try ["a", "b"].map {
      try #require(try Artifact(opening: scratch("\($0)/out")).calibrationEvidence())
    }
    #expect(evidence[0].tuning.count == 10 && evidence[0].tuning != evidence[1].tuning)
    #expect(
      Set(evidence[0].tuning + evidence[0].calibration)
        == Set(evidence[1].tuning + evidence[1].calibration))
  }

  /// No directory of this machine is written down.
  @Test func theCommandIsRecordedWithoutDirectories() throws {
    _ = try scratch.makeDirectory("a")
    let command = try Command(
      "calibrate", scratch("exits") + "/", "--prompts=" + scratch("p.jsonl") + ":q:and/or {q}",
      "--plain", "--max-tokens", "3", "--risk", "0.2", "--delta=0.2", "--work",
      scratch("w"), "-o", scratch("a/out"), "--force")
    #expect(command.status == 0, "\(command.errors)")
    let evidence = try #require(try Artifact(opening: scratch("a/out")).calibrationEvidence())
    #expect(
      evidence.command == [
        "cleave", "calibrate", "exits", "--prompts=p.jsonl:q:and/or {q}", "--plain",
        "--max-tokens", "3", "--risk", "0.2", "--delta=0.2", "--work", "w", "-o", "out", "--force",
      ])
    for bytes in try bytes("a") {
      #expect(!String(decoding: bytes, as: UTF8.self).contains(scratch.path))
    }
  }

  /// Random weights: no text of theirs keeps a small promise.
  @Test func whereNothingPassesItExitsWithOne() throws {
    try write(0..<90, to: "p.jsonl")
    _ = try RandomExits(try Artifact(opening: scratch("exits")), into: scratch)
    let command = try Command(
      arguments("a", ["random"], "--risk", "0.05", "--delta", "0.05"))
    #expect(command.status == 1, "\(command.errors)")
    #expect(command.output.contains("NOTHING PASSED for an expected disagreement of at most 5.0 %"))
    #expect(command.output.contains("every exit is off"))
    let manifest = try Artifact(opening: scratch("a/out")).manifest
    #expect(manifest.exits.map(\.threshold) == [2, 2])
    #expect(manifest.exits.allSatisfy { !$0.calibrated })
    #expect(manifest.calibration?.collaborative.promise?.passed == false)
  }

  @Test func tooFewPromptsNameTheFewest() throws {
    try write(0..<10, to: "p.jsonl")
    let few = try Command(arguments("a", ["exits"], "--risk", "0.2"))
    #expect(few.status == 2 && few.errors.contains("at least 8: "), "\(few.errors)")
    #expect(!exists("a/out"))
    try write(0..<11, to: "p.jsonl")
    let enough = try Command(arguments("a", ["exits"], "--risk", "0.2"))
    #expect([0, 1].contains(enough.status) && exists("a/out"), "\(enough.errors)")
  }

  @Test func tuningPromptsMayNotBeCalibratedOn() throws {
    try write(35..<45, to: "t.jsonl")
    let both = try Command(arguments("a", ["exits"], "--tuning", scratch("t.jsonl") + ":q"))
    #expect(both.status == 2 && both.errors.contains("which is to be calibrated on"))
    let digest = ContentDigest(of: "Number 35 and the \(35 * 7919 % 101) dogs").sha256
    #expect(both.errors.contains(digest), "\(both.errors)")
    try write(40..<45, to: "t.jsonl")
    #expect(
      try Command(arguments("a", ["exits"], "--tuning", scratch("t.jsonl") + ":q")).status == 0)
    let record = try Artifact(opening: scratch("a/out")).manifest.calibration
    #expect(record?.tuning.prompts == 5 && record?.calibration.prompts == 40)
  }

  @Test func procedureSignalAndStandalonePromise() throws {
    let command = try Command(
      arguments(
        "a", ["exits"], "--procedure", "conformal", "--signal", "margin", "--standalone-risk",
        "0.95"))
    #expect(command.status == 0, "\(command.output) \(command.errors)")
    #expect(command.output.contains("signal margin;"))
    #expect(command.output.contains("(conformal)"))
    #expect(
      command.output.contains("standalone: expected disagreement at most 95.0 %"))
    let manifest = try Artifact(opening: scratch("a/out")).manifest
    #expect(manifest.exits.allSatisfy { $0.signal == .margin })
    #expect(manifest.calibration?.standalone.promise?.passed == true)
    let refused = try Command(
      arguments("b", ["exits"], "--standalone-risk", "0.07"))
    #expect(refused.status == 1, "\(refused.output)")
    #expect(refused.output.contains("standalone: NOTHING PASSED"))
  }

  @Test func aRehearsalWritesNothing() throws {
    let before = Set(Scratch.entries(scratch.path))
    let rehearse = try Command(arguments(nil, ["exits"], "--rehearse", "25"))
    #expect([0, 1].contains(rehearse.status), "\(rehearse.errors)")
    #expect(rehearse.output.contains("15 of 30 prompts each time"))
    #expect(rehearse.output.contains("disjoint splits"))
    let json = try Command(
      arguments(nil, ["exits"], "--rehearse", "25", "--rehearse-prompts", "20", "--json")
    ).json()
    #expect(try json.required("splits").required("draws").int() == 25)
    #expect(try json.required("calibration_prompts").int() == 20)
    #expect(Set(Scratch.entries(scratch.path)) == before)
  }

  @Test func anOutputThatExistsIsKept() throws {
    #expect(try Command(arguments()).status == 0)
    let bytes = try bytes("a")
    #expect(try Command(arguments("a", ["exits"], "--seed", "9")).status != 0)
    #expect(try self.bytes("a") == bytes)
  }

  @Test(arguments: [
    ([], "expected either --output or --rehearse"),
    (["-o", "x", "--rehearse", "3"], "expected either --output or --rehearse"),
    (["-o", "x", "--risk", "0"], "--risk 0.0: expected a number from 1e-06"),
    (["-o", "x", "--risk", "1"], "--risk 1.0"), (["-o", "x", "--risk", "nan"], "--risk nan"),
    (["-o", "x", "--delta", "-1"], "--delta"),
    (["-o", "x", "--standalone-risk", "2"], "--standalone-risk 2.0"),
    (["-o", "x", "--procedure", "binomial"], "binomial: expected a loss of 0 and 1"),
    (["-o", "x", "--procedure", "prayer"], "prayer"), (["-o", "x", "--signal", "noise"], "noise"),
    (["-o", "x", "--tuning-share", "1"], "--tuning-share 1.0"),
    (["-o", "x", "--tuning-share", "0.5", "--tuning", "t:q"], "expected it without --tuning"),
    (["-o", "x", "--max-tokens", "0"], "--max-tokens 0"),
    (["-o", "x", "--limit", "0"], "--limit 0"),
    (["--rehearse", "0"], "--rehearse 0"),
    (["-o", "x", "--rehearse-prompts", "3"], "--rehearse-prompts: expected --rehearse too"),
    (["--rehearse", "3", "--rehearse-prompts", "0"], "--rehearse-prompts 0"),
  ])
  func wrongUsage(_ arguments: [String], text: String) throws {
    let command = try Command(["calibrate", scratch("exits"), "--prompts", "p:q"] + arguments)
    #expect(command.status == 2 && command.errors.contains(text), "\(command.errors)")
  }
}

/// Nothing that had a part in training is promised by.
@Suite struct CalibrateTrainedTests {
  @Test func promptsThatWereTrainedOnAreRefused() throws {
    let data = try TrainCommandData()
    let train = try Command(data.train("out", ["--steps", "2", "-q"]))
    #expect(train.status == 0, "\(train.errors)")
    let scratch = data.scratch
    let others = (0..<19).map { "Something else, \($0)" }
    func calibrate(_ texts: [String], _ more: String...) throws -> Command {
      try data.write(texts, to: "c.jsonl")
      return try Command(
        [
          "calibrate", scratch("out"), "--prompts", scratch("c.jsonl") + ":text", "--max-tokens",
          "4", "--risk", "0.3", "--delta", "0.3", "-o", scratch("calibrated"), "-q",
        ] + more)
    }
    let refused = try calibrate(others + [data.texts[3]])
    let digest = ContentDigest(of: data.texts[3]).sha256
    #expect(refused.status == 2 && refused.errors.contains("were not trained on"))
    #expect(refused.errors.contains(digest), "\(refused.errors)")
    #expect(Scratch.entries(scratch("calibrated")).isEmpty)
    try scratch.write(digest + "\n", to: "hashes")
    let without = try calibrate(
      others + [data.texts[3]], "--exclude-hashes", scratch("hashes"))
    #expect([0, 1].contains(without.status), "\(without.errors)")
    let manifest = try Artifact(opening: scratch("calibrated")).manifest
    #expect(manifest.file(ArtifactLayout.trainingData) != nil && manifest.calibration != nil)
  }
}
