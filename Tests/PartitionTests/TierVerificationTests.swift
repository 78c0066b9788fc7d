import CleaveModel
import CleavePartition
import CleaveStorage
import TestSupport
import Testing

/// `cleave verify` on three bundles.
@Suite struct TierVerificationTests {
  private let scratch: Scratch
  private let model: Artifact
  private let tiers: [Artifact]

  init() throws {
    scratch = try Scratch()
    model = try TinyModel.llama3.withExits([2, 4], threshold: 0.02, into: scratch)
    tiers = try TinyModel.tiers(model, at: [2, 4], into: scratch)
  }

  private func report(_ tiers: [Artifact]) async throws -> VerificationReport {
    var settings = Verification.Settings()
    (settings.prompts, settings.maxTokens, settings.threads) = (["hello there", "a b c"], 8, 1)
    return try await TierVerification(tiers: tiers, model: model, settings: settings).run()
  }

  @Test func theTiersOfAModelAreVerified() async throws {
    let report = try await report(tiers)
    #expect(report.verified, "\(report.checks)")
    #expect(report.checks.map(\.name) == ["hashes", "structure", "exactness", "exits"])
  }

  @Test func aThresholdThatIsNotTheModelsIsFound() async throws {
    try scratch.edit("t1/manifest.json", "\"threshold\": 0.02", "\"threshold\": 0.5")
    let report = try await report(
      [tiers[0], try Artifact(opening: scratch("t1")), tiers[2]])
    let structure = try #require(report.checks.first { $0.name == "structure" })
    #expect(structure.passed == false && structure.detail.contains("tier 1: other exits"))
    #expect(report.checks.first { $0.name == "exactness" }?.passed == nil)
  }

  @Test func bundlesInAnotherOrderAreRefused() async throws {
    await #expect(throws: InputError.self) {
      _ = try await report([tiers[1], tiers[0], tiers[2]])
    }
  }
}
