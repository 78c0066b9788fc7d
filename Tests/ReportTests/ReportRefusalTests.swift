import CleaveModel
import CleaveReport
import CleaveStorage
import TestSupport
import Testing

/// Targets that must not be replaced, and artifacts without a usable calibration.
@Suite struct ReportRefusalTests {
  private let scratch: Scratch
  private let fixture: CalibratedArtifact

  init() throws {
    scratch = try Scratch()
    fixture = try CalibratedArtifact(in: scratch)
  }

  private func text(_ path: String) throws -> String {
    String(decoding: try readFile(path), as: UTF8.self)
  }

  // MARK: Targets

  @Test func besideTheArtifactAndInPlaceOfAReport() throws {
    let report = try Report(fixture.write(to: "model-c", in: scratch))
    let (path, digest) = try report.write()
    #expect(path == scratch("model-c.report.html"))
    #expect(try FileDigest(ofFile: path) == digest)
    #expect(try text(path) == report.html)
    try scratch.write(
      "<!doctype html>\n<!-- cleave report, version 7 -->old", to: "model-c.report.html")
    try report.write()
    #expect(try text(path) == report.html)
    #expect(Scratch.entries(scratch.path).allSatisfy { !$0.contains("staging") })
  }

  @Test func anotherFileStays() throws {
    let report = try Report(fixture.write(to: "model-c", in: scratch))
    for theirs in ["mine", "", "<!doctype html>\n<html>"] {
      try scratch.write(theirs, to: "notes.html")
      let error = #expect(throws: InputError.self) { try report.write(to: scratch("notes.html")) }
      #expect(error?.advice == "Use --force to replace it.")
      #expect(try text(scratch("notes.html")) == theirs)
    }
    try report.write(to: scratch("notes.html"), force: true)
    #expect(try text(scratch("notes.html")) == report.html)
    _ = try scratch.makeDirectory("directory")
    #expect(throws: InputError.self) { try report.write(to: scratch("directory"), force: true) }
    #expect(throws: InputError.self) {
      try report.write(to: scratch("model-c/report.html"), force: true)
    }
  }

  @Test func defaultPaths() throws {
    #expect(Report.defaultPath(of: "dir/model//") == "dir/model.report.html")
    #expect(Report.defaultPath(of: "model") == "model.report.html")
    _ = try scratch.makeDirectory("here")
    #expect(Report.defaultPath(of: scratch("here/.")).hasSuffix("/here.report.html"))
  }

  // MARK: Artifacts

  @Test func withoutACalibration() throws {
    let error = #expect(throws: InputError.self) {
      try Report(Artifact(opening: scratch("exits")))
    }
    #expect(error?.location == "calibration" && error?.advice?.contains("cleave calibrate") == true)
    let cloud = #expect(throws: InputError.self) { try Report(Artifact(opening: scratch("cloud"))) }
    #expect(cloud?.location == "role" && cloud?.found == "cloud")
  }

  @Test func damagedEvidence() throws {
    _ = try fixture.write(to: "model-c", in: scratch)
    try scratch.edit("model-c/calibration.json", "xsum.jsonl", "XSUM.jsonl")
    let error = #expect(throws: InputError.self) {
      try Report(Artifact(opening: scratch("model-c")))
    }
    #expect(error?.file.hasSuffix("calibration.json") == true && error?.found == "other bytes")
  }

  private typealias Change = @Sendable (inout CalibrationEvidence) -> Void

  private static let changes: [(location: String, change: Change)] = [
    ("exits", { $0.exits[0].depth = 3 }),
    ("exits", { $0.exits.removeLast() }),
    ("candidates[1]", { $0.candidates[1].thresholds = [0.5] }),
    ("candidates[0]", { $0.candidates[0].calibration?.exitShares = [] }),
    ("candidates[2].passed", { $0.candidates[2].calibration = nil }),
    ("standalone_candidates[0]", { $0.standaloneCandidates[0].thresholds = [] }),
    ("exits[0].before", { $0.exits[0].before.removeLast() }),
    ("exits[1].after[3]", { $0.exits[1].after[3].right = $0.exits[1].after[3].tokens + 1 }),
    ("exits[0].after[0]", { $0.exits[0].after[0].tokens = Int.max }),
    ("exits[0].signal_tokens", { $0.exits[0].signalRight = [] }),
    ("exits[0].signal_tokens[4]", { $0.exits[0].signalTokens[4] = 0 }),
    ("traffic", { $0.traffic.bytesUpPerToken = -1 }),
    ("traffic", { $0.traffic.cloudOnlyBytesUpPerToken = 1e300 }),
    ("samples[0].mode", { $0.samples[0].mode = "alone" }),
    ("samples[1].tokens[2].source", { $0.samples[1].tokens[2].source = "exit_3" }),
  ]

  @Test(arguments: changes.indices) func evidenceThatCannotBe(_ index: Int) throws {
    var fixture = fixture
    Self.changes[index].change(&fixture.evidence)
    let artifact = try fixture.write(to: "hostile", in: scratch)
    let error = #expect(throws: InputError.self) { try Report(artifact) }
    #expect(error?.location == Self.changes[index].location)
    #expect(error?.file == scratch("hostile/calibration.json"))
  }

  // MARK: JSON

  @Test func jsonHasTheNumbersInFull() throws {
    let report = try Report(fixture.write(to: "model-c", in: scratch))
    let json = try JSONNode(parsing: Array(report.json.text().utf8), file: "json")
    let mode = try json.required("calibration").required("collaborative")
    #expect(try mode.required("thresholds").elements()[0].number() == 0.8312499821186066)
    let evidence = try json.required("evidence")
    #expect(try evidence.required("candidates").elements().count == 24)
    // Computed by hand from the bins of the first exit.
    let bins = fixture.evidence.exits[0].after
    var (gap, tokens) = (0.0, 0)
    for bin in bins where bin.tokens > 0 {
      gap += abs(Double(bin.right) / Double(bin.tokens) - bin.confidence) * Double(bin.tokens)
      tokens += bin.tokens
    }
    let error = try json.required("calibration_error").elements()[0].required("after").number()
    #expect(abs(error - gap / Double(tokens)) < 1e-12 && error > 0.001)
    #expect(
      try json.required("statements").required("collaborative").string().hasPrefix("With 95 %"))
  }
}
