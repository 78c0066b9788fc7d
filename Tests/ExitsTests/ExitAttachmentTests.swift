import CleaveExits
import CleaveModel
import CleaveStorage
import TestSupport
import Testing

/// Untrained exits attached to a model, and what is refused.
@Suite struct ExitAttachmentTests {
  @Test func exitsAreRefusedWhereTheyCannotBe() throws {
    let scratch = try Scratch()
    for (depths, found) in [([0], "depth 0"), ([6], "depth 6"), ([2, 2], "two exits at depth 2")] {
      let error = #expect(throws: InputError.self) {
        let inner = try Scratch()
        return try TinyModel.llama3.withExits(depths, into: inner)
      }
      #expect(error?.found == found)
    }
    _ = try TinyModel.llama3.withExits([2], into: scratch)
  }

  @Test(
    arguments: [
      ([2, 4], [.tail(blocks: 1), .norm], true, "the body norm at depth 4", "a tail"),
      ([2, 4], [.tail(blocks: 1)] + [.mlp, .norm], false, "3 bodies", "each of the 2 exits"),
      ([2], [.affine(rank: 49)], false, "rank 49", "hidden size, 48"),
      (
        [2, 4], [.tail(blocks: 3), .tail(blocks: 4)], true, "7 blocks",
        "at most 6, as the model has in all"
      ),
      ([2], [.tail(blocks: 7)], false, "7 blocks in tails that go on from depth 2", "at most 6"),
    ] as [([Int], [ExitBody], Bool, String, String)])
  func bodiesAreRefusedWhereTheyCannotBe(
    _ depths: [Int], _ bodies: [ExitBody], replace: Bool, found: String, expected: String
  ) throws {
    let scratch = try Scratch()
    let error = #expect(throws: InputError.self) {
      try TinyModel.llama3.withExits(depths, into: scratch) {
        $0.placement.bodies = bodies
        $0.placement.replacesBlocks = replace
      }
    }
    #expect(error?.found.contains(found) == true, "\(error?.found ?? "")")
    #expect(error?.expected.contains(expected) == true, "\(error?.expected ?? "")")
    #expect(Scratch.entries(scratch.path) == ["model"])
  }

  @Test func theNextBlocksMustBeThere() throws {
    let scratch = try Scratch()
    let error = #expect(throws: InputError.self) {
      try TinyModel.llama3.withExits([2, 4], into: scratch) {
        $0.placement.bodies = [.tail(blocks: 3), .tail(blocks: 2)]
        $0.placement.replacesBlocks = true
        $0.tailStart = .next
      }
    }
    #expect(error?.found == "5 blocks in tails that go on from depth 2")
    #expect(error?.expected == "at most 4, as the model has after that depth")
  }

  /// An exit that goes on from another keeps the one it was made for.
  @Test func nothingComesBetweenAChain() throws {
    let scratch = try Scratch()
    let chain = try TinyModel.llama3.withExits([2, 4], into: scratch) {
      $0.placement.bodies = [.tail(blocks: 1)]
      $0.placement.replacesBlocks = true
    }
    func add(_ depth: Int, replace: Bool = false) throws -> Manifest {
      var attachment = ExitAttachment(
        source: chain.path, target: scratch("more"), placement: ExitPlacement(depths: [depth]),
        threshold: 0.5)
      attachment.placement.replacesBlocks = replace
      return try attachment.run()
    }
    let between = #expect(throws: InputError.self) { try add(3) }
    #expect(between?.found == "depth 3, before the exit at 4")
    let again = #expect(throws: InputError.self) { try add(5, replace: true) }
    #expect(again?.found == "exits already")
    #expect(try add(5).exits.map(\.reads) == [.model, .previous, .model])
    #expect(try add1(chain, scratch).exits.map(\.depth) == [1, 2, 4])
  }

  private func add1(_ chain: Artifact, _ scratch: Scratch) throws -> Manifest {
    try ExitAttachment(
      source: chain.path, target: scratch("first"), placement: ExitPlacement(depths: [1]),
      threshold: 0.5
    ).run()
  }

  @Test func theSameExitsHaveTheSameBytes() throws {
    let bodies: [ExitBody] = [.affine(rank: 8), .affine(rank: nil), .mlp, .tail(blocks: 1)]
    let manifests = try (0..<2).map { _ in
      try TinyModel.q4_1.withExits([1, 2, 3, 4], into: try Scratch()) {
        $0.placement.bodies = bodies
      }
      .manifest
    }
    #expect(manifests[0] == manifests[1])
    let settings = try #require(manifests[0].provenance.last).settings
    #expect(
      settings.map(\.value) == ["1,2,3,4", "0.9", "affine:8,affine,mlp,tail:1", "false", "last"])
  }
}
