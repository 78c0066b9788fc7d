import CleaveExits
import AllocationCounter
import CleaveModel
import CleaveRuntime
import TestSupport
import Testing

/// Decoding asks nothing of the heap: memory is taken when a session begins and while the prompt runs.
/// Other tests allocate at the same time, so a quiet stretch is waited for; a loop that allocated
/// would never have one.
@Suite(.serialized, .enabled(if: allocation_is_counted() != 0)) struct AllocationTests {
  @Test func theCounterCounts() {
    let before = allocation_count()
    let taken = (0..<10).map { _ in UnsafeMutableRawPointer.allocate(byteCount: 64, alignment: 16) }
    #expect(allocation_count() >= before + 10)
    taken.forEach { $0.deallocate() }
  }

  @Test(arguments: [TinyModel.llama3, .q4_1])
  func theWholeModelDecodesWithoutAllocating(_ tiny: TinyModel) async throws {
    let scratch = try Scratch()
    let model = try WholeModel(try tiny.imported(into: scratch))
    let session = WholeModelSession(model, pool: try ThreadPool(threads: 2))
    #expect(try await fewestAllocations(session) == 0)
  }

  @Test func theEdgeDecodesWithoutAllocating() async throws {
    let scratch = try Scratch()
    let edge = try EdgeModel(try TinyModel.llama3.bundles(exits: [2, 4], into: scratch).edge)
    // Every other exit answers for the other: what is left behind is caught up with.
    let session = EdgeSession(
      edge, policy: .init(thresholds: [0.02, 0], mode: .standalone),
      pool: try ThreadPool(threads: 2))
    #expect(try await fewestAllocations(session) == 0)
  }

  /// Tails, and bodies of two ranks, take their memory with the first token.
  @Test(
    arguments: [
      ([.tail(blocks: 2), .tail(blocks: 1)], true), ([.affine(rank: 4), .affine(rank: 8)], false),
      ([.mlp, .affine(rank: nil)], false),
    ] as [([ExitBody], Bool)])
  func exitsWithBodiesDecodeWithoutAllocating(_ bodies: [ExitBody], replace: Bool) async throws {
    let scratch = try Scratch()
    let bundles = try TinyModel.llama3.bundles(exits: [2, 4], into: scratch) {
      $0.placement.bodies = bodies
      $0.placement.replacesBlocks = replace
    }
    let session = EdgeSession(
      try EdgeModel(bundles.edge), policy: .init(thresholds: [0.02, 0], mode: .standalone),
      pool: try ThreadPool(threads: 2))
    #expect(try await fewestAllocations(session) == 0)
  }

  /// The tokens of a text that a vocabulary lacks take memory when they are met, not when they are read.
  @Test func exitsWithAVocabularyDecodeWithoutAllocating() async throws {
    let scratch = try Scratch()
    let model = try VocabularyModel.make(
      Array(100..<200), of: try TinyModel.q4_1.withExits([2, 4], into: scratch),
      includesText: true, into: scratch)
    let session = EdgeSession(
      try EdgeModel(exitsOf: model), policy: .init(thresholds: [0.02, 0], mode: .standalone),
      pool: try ThreadPool(threads: 2))
    #expect(try await fewestAllocations(session) == 0)
  }

  /// The fewest allocations, in the whole process, while one of 120 stretches of two tokens was decoded.
  private func fewestAllocations(_ session: some DecodingSession) async throws -> Int {
    try await session.reserve(300)
    try await session.feed([1, 2, 3, 4, 5])
    var token = [try await session.answer().token]
    var fewest = Int.max
    for _ in 0..<120 where fewest > 0 {
      // Other tests allocate for a while, and then not.
      if fewest < Int.max { try await Task.sleep(for: .milliseconds(5)) }
      let before = allocation_count()
      for _ in 0..<2 {
        try await session.feed(token)
        token[0] = try await session.answer().token
      }
      fewest = min(fewest, allocation_count() - before)
    }
    return fewest
  }
}
