import CleaveExits
import CleaveModel
import CleavePartition
import CleaveStorage
import TestSupport
import Testing

/// What `cleave inspect --cuts` says of each depth, and that exits and tiers go by the same rule.
@Suite struct CutTableTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  @Test func everyDepthOfAModel() throws {
    let model = try TinyModel.llama3.withExits([2, 4], into: scratch)
    let table = try CutTable(model)
    #expect(table.cuts.map(\.depth) == Array(0...6))
    #expect(table.cuts.map { $0.fault == nil } == [false, true, true, true, true, true, false])
    #expect(table.cuts[0].fault?.reason == "no block is left for the edge")
    #expect(table.cuts[6].fault?.reason == "no block is left for the cloud")
    #expect(table.cuts.filter(\.hasExit).map(\.depth) == [2, 4])
    #expect(table.cloudNeeds == [.head])
    // 48 numbers: whole, halved, and as specs/protocol.md packs them.
    let bytes = Dictionary(
      uniqueKeysWithValues: table.upload.map { ($0.format.rawValue, $0.bytes) })
    #expect(bytes["f32"] == 192 && bytes["f16"] == 96 && bytes["tokens"] == 4)
    #expect((bytes["int8"] ?? 0) > 48 && (bytes["int8"] ?? 0) < 96)
  }

  /// The sides hold what the bundles do, whose exits have no weights but their norms.
  @Test func sidesAreTheBundles() throws {
    for tiny in [TinyModel.llama3, .q4_1] {
      let scratch = try Scratch()
      let (model, edge, cloud) = try tiny.bundles(exits: [2], into: scratch)
      let cut = try CutTable(model).cuts[2]
      func weights(_ manifest: Manifest) -> Int {
        manifest.files.reduce(0) { $1.path.hasPrefix("weights/") ? $0 + $1.digest.bytes : $0 }
      }
      #expect(cut.edge.weightBytes == weights(edge.manifest))
      #expect(cut.cloud.weightBytes == weights(cloud.manifest))
      #expect(cut.edge.kv == edge.manifest.kvBytes && cut.cloud.kv == cloud.manifest.kvBytes)
    }
    let tied = try CutTable(try TinyModel.sharded.imported(into: scratch, name: "tied"))
    #expect(tied.cloudNeeds == [.head, .embeddingAsHead])
  }

  @Test func aWindowIsSaid() throws {
    let gemma = try #require(TinyModel.families.first { $0.checkpoint == "families/gemma3" })
    let json = JSONNode(try CutTable(try gemma.imported(into: scratch)).json, file: "cuts")
    let cut = try json.required("cuts").elements()[6]
    // Block 5 of 7 has no window.
    #expect(try cut.required("edge").required("kv_window").int() == 24)
    #expect(try cut.required("edge").required("kv_bytes_per_token").int() == 6 * 256)
    #expect(try cut.required("edge").required("kv_bytes_per_token_beyond_window").int() == 256)
    #expect(try cut.required("legal").bool() && cut.optional("reason") == nil)
    #expect(try json.required("cuts").elements()[0].required("reason").string().contains("edge"))
  }

  /// No exit may stand between one that goes on from another and that other.
  @Test func exitsGoByTheSameRule() throws {
    let model = try TinyModel.llama3.withExits([2, 4], into: scratch) {
      $0.placement.bodies = [.tail(blocks: 1)]
      $0.placement.replacesBlocks = true
    }
    let table = try CutTable(model)
    #expect(table.cuts.map { $0.fault == nil } == [false, true, true, false, false, true, false])
    let reason = try #require(table.cuts[3].fault?.reason)
    #expect(reason == "the exit at 4 goes on from the one before it, past all blocks between")
    for (depth, reason) in [
      (0, "no block is left for the edge"), (3, reason), (6, "no block is left for the cloud"),
    ] {
      let error = #expect(throws: InputError.self) {
        try ExitAttachment(
          source: model.path, target: scratch("more"), placement: ExitPlacement(depths: [depth]),
          threshold: 1
        ).run()
      }
      #expect(error?.expected.hasSuffix(reason) == true, "\(error?.expected ?? "")")
    }
  }

  /// A tier that begins with an exit which goes on from another is refused with the rule's reason.
  @Test func tiersGoByTheSameRule() throws {
    let model = try TinyModel.llama3.withExits([2, 4], into: scratch) {
      $0.placement.bodies = [.tail(blocks: 1)]
      $0.placement.replacesBlocks = true
    }
    let tiers = ["a:0..2", "b:2..4", "c:4..6"].compactMap { Tier($0) }
    let error = #expect(throws: InputError.self) {
      try TierPlan(model.manifest, tiers: tiers, path: "model")
    }
    #expect(error?.expected.contains("the exit at 4 goes on from the one before it") == true)
  }

  @Test func bundlesAreRefused() throws {
    let bundles = try TinyModel.llama3.bundles(exits: [2], into: scratch)
    for bundle in [bundles.edge, bundles.cloud] {
      let error = #expect(throws: InputError.self) { try CutTable(bundle) }
      #expect(error?.location == "role" && error?.expected == "model")
    }
  }
}
