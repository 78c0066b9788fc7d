import CleaveModel
import CleaveStorage
import TestSupport
import Testing

/// An exit that states come back to, as a person sees it.
@Suite struct FeedbackCommandTests {
  private let scratch: Scratch
  private let model: Artifact

  init() throws {
    scratch = try Scratch()
    model = try TinyModel.llama3.withFeedback(.chain, threshold: 0.2, into: scratch)
  }

  private func partition() throws -> JSONNode {
    try Command(
      "partition", model.path, "--edge", scratch("edge"), "--cloud", scratch("cloud"), "--json"
    ).json()
  }

  @Test func whatComesBackIsNamed() throws {
    let feedback = try partition().required("edge").required("feedback")
    #expect(try feedback.required("depth").int() == 4)
    #expect(try feedback.required("format").string() == "int8")
    let inspect = try Command("inspect", model.path)
    #expect(inspect.output.contains("affine+tail:1, int8 states of depth 4 come back"))
    let text = try Command(
      "partition", model.path, "--edge", scratch("e"), "--cloud", scratch("c"))
    #expect(text.output.contains("To them int8 states of depth 4 come back from the cloud."))
  }

  @Test func runSaysWhatCameDown() throws {
    _ = try partition()
    func run(_ more: String...) throws -> JSONNode {
      try Command(
        ["run", scratch("edge"), "--cloud", scratch("cloud"), "-p", "The small dog", "--json"]
          + ["--max-tokens", "12", "--threshold", "1"] + more
      ).json().required("cloud")
    }
    let (with, without) = (try run(), try run("--without-feedback"))
    let requests = try with.required("requests").int()
    #expect(try requests > 1 && without.required("requests").int() == requests)
    // A state of 52 bytes for every token but the last, and for the prompt.
    #expect(
      try with.required("bytes_down").int()
        > without.required("bytes_down").int() + requests * 52)
    let alone = try Command("run", scratch("edge"), "-p", "The", "--without-feedback")
    #expect(alone.status != 0 && alone.errors.contains("--without-feedback need --cloud"))
  }

  @Test func bundlesAreVerified() throws {
    _ = try partition()
    let report = try Command(
      "verify", scratch("edge"), scratch("cloud"), "--model", model.path, "--max-tokens", "8",
      "--json", "-q"
    ).json()
    #expect(try report.required("verified").bool())
    let collaborative = try report.required("collaborative")
    #expect(try collaborative.required("bytes_down_per_token").number() > 52)
    let checks = try report.required("checks").elements()
    let answers = try #require(
      try checks.first { try $0.required("name").string() == "exit answers" })
    #expect(try answers.required("detail").string().hasPrefix("0 of "))
  }
}
