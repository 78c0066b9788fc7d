import CleaveModel
import CleavePartition
import CleaveStorage
import TestSupport
import Testing

/// Cutting a model into tiers.
@Suite struct TierTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  @Test func eachTierHoldsWhatItsExitsRead() throws {
    let model = try TinyModel.llama3.withExits([1, 2, 3, 5], into: scratch)
    let bundles = try TinyModel.tiers(model, at: [2, 5], into: scratch).map(\.manifest)
    #expect(bundles.map(\.role) == [.edge, .middle, .cloud])
    // Each begins where the first exit of the one before is.
    #expect(bundles.map(\.blocks) == [0..<2, 1..<5, 3..<6])
    #expect(bundles.map { $0.exits.map(\.depth) } == [[1, 2], [3, 5], []])
    #expect(bundles.map { $0.file(ArtifactLayout.tokenizer) == nil } == [false, true, true])
    // The head is not tied.
    #expect(bundles.map { $0.file(ArtifactLayout.embedding) == nil } == [false, true, true])
    #expect(bundles.allSatisfy { $0.file(ArtifactLayout.head) != nil })
    for bundle in bundles {
      #expect(bundle.modelID == model.manifest.modelID)
      #expect(bundle.files.allSatisfy { model.manifest.file($0.path) == $0 })
      #expect(bundle.provenance.last?.step == "partition")
    }
  }

  /// Two tiers are the two bundles, to the byte.
  @Test func twoTiersAreAnEdgeAndACloud() throws {
    let model = try TinyModel.llama3.withExits([2, 4], into: scratch)
    let (edge, cloud) = try TinyModel.partition(model, into: scratch)
    let tiers = try TinyModel.tiers(model, at: [4], into: scratch)
    for (bundle, tier) in zip([edge, cloud], tiers) {
      let name = "/" + ArtifactLayout.manifest
      let (one, other) = (bundle.path + name, tier.path + name)
      #expect(
        try FileSystem.read(one, limit: 1 << 20) == FileSystem.read(other, limit: 1 << 20))
    }
  }

  @Test func tiersAreReadAsTheyAreWritten() {
    #expect(Tier("device:0..8") == Tier(name: "device", blocks: 0..<8))
    #expect(Tier("a-B_9:20..30")?.description == "a-B_9:20..30")
    for text in [
      "", "device", "device:", "device:0..", "device:..8", "device:0..8..9", "device:8..8",
      "device:9..8", "device:0.8", "device:0...8", "device:-1..8", "device:0..+8", "device: 0..8",
      ":0..8", "../up:0..8", "a/b:0..8", ".:0..8", "d:0:8", "d:0..99999999",
      String(repeating: "x", count: 65) + ":0..8",
    ] {
      #expect(Tier(text) == nil, "\(text)")
    }
  }

  @Test func tiersThatCannotBeAreRefused() throws {
    let model = try TinyModel.llama3.withExits([2, 4], into: scratch)
    func found(_ tiers: String...) -> String {
      let tiers = tiers.map { Tier($0)! }
      do {
        _ = try TierPlan(model.manifest, tiers: tiers, path: "model")
        return ""
      } catch { return "\(error)" }
    }
    #expect(found("a:0..6").contains("at least two"))
    #expect(found("a:0..4", "b:2..6").contains("each where the one before ends"))
    #expect(found("a:1..4", "b:4..6").contains("from block 0 on"))
    #expect(found("a:0..2", "b:2..4", "c:4..5").contains("the model's 6 blocks"))
    #expect(found("a:0..2", "A:2..4", "c:4..6").contains("another name"))
    #expect(found("a:0..3", "b:3..6").contains("an end at the depth of an exit"))
    #expect(found("a:0..1", "b:1..4", "c:4..6").contains("an end at the depth of an exit"))
    #expect(found("a:0..2", "b:2..6").contains("behind all exits"))
    #expect(found("a:0..4", "b:4..6").isEmpty)
  }

  @Test func exitsThatNeedAnotherTierAreRefused() throws {
    var manifest = try TinyModel.llama3.withExits([2, 4], into: scratch) {
      $0.placement.bodies = [.norm, .tail(blocks: 1)]
    }.manifest
    let tiers = ["a:0..2", "b:2..4", "c:4..6"].map { Tier($0)! }
    func found() -> String {
      do {
        _ = try TierPlan(manifest, tiers: tiers, path: "model")
        return ""
      } catch { return "\(error)" }
    }
    #expect(found().isEmpty)
    manifest.exits[1].reads = .previous
    #expect(found().contains("reads the exit before it"))
    manifest.exits[1].reads = .model
    manifest.exits[1].feedback = ExitFeedback(depth: 6, format: .float16)
    #expect(found().contains("comes back from the cloud"))
    manifest.exits[1].feedback = nil
    manifest.exits[1].unembedding = .vocabulary
    manifest.exitVocabulary = ExitVocabularyRecord(count: 8, includesText: true)
    #expect(found().contains("does not see the text"))
    manifest.exitVocabulary?.includesText = false
    #expect(found().isEmpty)
  }

  /// A manifest that says of a middle what cannot be.
  @Test(arguments: [
    ("\"first\": 2", "\"first\": 0", "blocks"), ("\"count\": 2", "\"count\": 3", "blocks"),
    ("\"role\": \"middle\"", "\"role\": \"edge\"", "blocks"),
  ])
  func aMiddleThatCannotBeIsRefused(_ edit: (from: String, to: String, place: String)) throws {
    let model = try TinyModel.llama3.withExits([2, 4], into: scratch)
    _ = try TinyModel.tiers(model, at: [2, 4], into: scratch)
    try scratch.edit("t1/manifest.json", edit.from, edit.to)
    #expect {
      _ = try Artifact(opening: scratch("t1"))
    } throws: { ($0 as? InputError)?.location == edit.place }
  }
}
