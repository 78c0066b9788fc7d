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

  /// Only where a map or feedback needs it: other exits keep their bytes.
  @Test func theBlocksCopiedAreRecorded() throws {
    func exits(_ change: (inout ExitAttachment) -> Void) throws -> [ExitRecord] {
      try TinyModel.llama3.withExits([2, 3], into: try Scratch()) {
        $0.placement.bodies = [.tail(blocks: 1)]
        $0.placement.replacesBlocks = true
        change(&$0)
      }.manifest.exits
    }
    #expect(try exits { _ in }.map(\.copies) == [nil, nil])
    let maps = try exits { $0.placement.bodies = [.tail(blocks: 1, map: AffineMap(rank: 4))] }
    #expect(maps.map(\.copies) == [4, 5] && maps.allSatisfy { $0.feedback == nil })
    // A number for each tail: both may begin as the same block.
    let same = try exits {
      $0.placement.bodies = [.tail(blocks: 1, map: AffineMap(rank: 4))]
      $0.tailStart = .blocks([5, 5])
    }
    #expect(same.map(\.copies) == [5, 5])
    let feedback = try exits {
      $0.placement.hasFeedback = true
      $0.tailStart = .blocks([3])
    }
    #expect(feedback.map(\.copies) == [3, nil])
    #expect(feedback.map(\.feedback) == [ExitFeedback(depth: 3), nil])
  }

  @Test func feedbackNeedsATail() throws {
    let error = #expect(throws: InputError.self) {
      try TinyModel.llama3.withExits([2], into: try Scratch()) { $0.placement.hasFeedback = true }
    }
    #expect(error?.expected.hasPrefix("a tail in the first exit") == true)
    let own = #expect(throws: InputError.self) {
      try TinyModel.llama3.withExits([2], into: try Scratch()) {
        $0.placement.hasFeedback = true
        $0.placement.bodies = [.tail(blocks: 1)]
        $0.tailStart = .next
      }
    }
    #expect(own?.expected.hasPrefix("a tail that begins deeper than its exit at 2") == true)
  }

  @Test(arguments: [
    ("last", TailStart.last), ("next", .next), ("22", .blocks([22])), ("4,0", .blocks([4, 0])),
  ])
  func startsReadBack(text: String, start: TailStart) {
    #expect(TailStart(text: text) == start && start.description == text)
  }

  @Test(arguments: ["", "first", "Last", "-1", "1,", ",", "1.5", "1 2", "99999999999999999999"])
  func otherStartsAreRefused(_ text: String) { #expect(TailStart(text: text) == nil) }

  @Test(arguments: [
    (TailStart.blocks([6]), "tails that begin as block 6", "from 0 to 5"),
    (.blocks([5]), "2 blocks in tails that go on from depth 2", "at most 1"),
    (.blocks([.max]), "tails that begin as block", "from 0 to 5"),
    (.blocks([1, 2, 3]), "3 blocks for tails to begin as", "one for each of the 1 chains"),
    (.blocks([1, 6]), "tails that begin as block 6", "from 0 to 5"),
  ])
  func blocksThatAreNotThereAreRefused(start: TailStart, found: String, expected: String) throws {
    let error = #expect(throws: InputError.self) {
      try TinyModel.llama3.withExits([2, 3], into: try Scratch()) {
        $0.placement.bodies = [.tail(blocks: 1)]
        $0.placement.replacesBlocks = true
        $0.tailStart = start
      }
    }
    #expect(error?.found.contains(found) == true && error?.expected.contains(expected) == true)
  }
}
