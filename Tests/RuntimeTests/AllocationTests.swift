import AllocationCounter
import CleaveModel
import CleaveRuntime
import TestSupport
import Testing

/// Decoding asks nothing of the heap: memory is taken when a session begins and while the prompt runs. Each session decodes
/// in a process of its own, where no other test allocates.
@Suite(.enabled(if: allocation_is_counted() != 0)) struct AllocationTests {
  @Test func theCounterCounts() {
    let before = allocation_count()
    let taken = (0..<10).map { _ in UnsafeMutableRawPointer.allocate(byteCount: 64, alignment: 16) }
    #expect(allocation_count() >= before + 10)
    taken.forEach { $0.deallocate() }
  }

  @Test(arguments: Subject.allCases)
  func decodesWithoutAllocating(_ subject: Subject) async {
    await #expect(processExitsWith: .success) { [subject = subject as Subject] in
      let scratch = try Scratch()
      let count = try await Self.fewestAllocations(try subject.session(in: scratch))
      precondition(count == 0, "\(count) allocations")
    }
  }

  /// An allocation in each stretch is counted, in that process too.
  @Test func aSessionThatAllocatesIsFound() async {
    await #expect(processExitsWith: .success) {
      let scratch = try Scratch()
      let session = try Subject.wholeModel.session(in: scratch)
      let count = try await Self.fewestAllocations(session) {
        UnsafeMutableRawPointer.allocate(byteCount: 64, alignment: 16).deallocate()
      }
      precondition(count == 1, "\(count) allocations")
    }
  }

  /// The fewest allocations, in the whole process, while one of 20 stretches of two tokens was decoded: threads that have
  /// just begun allocate, a loop that does so has no stretch without.
  ///
  /// - alongside: what else is done in each stretch.
  private static func fewestAllocations(
    _ session: any DecodingSession, alongside: () -> Void = {}
  ) async throws -> Int {
    try await session.reserve(300)
    try await session.feed([1, 2, 3, 4, 5])
    var token = [try await session.answer().token]
    var fewest = Int.max
    for _ in 0..<20 where fewest > 0 {
      let before = allocation_count()
      alongside()
      for _ in 0..<2 {
        try await session.feed(token)
        token[0] = try await session.answer().token
      }
      fewest = min(fewest, allocation_count() - before)
    }
    return fewest
  }
}

extension AllocationTests {
  /// What decodes.
  enum Subject: String, CaseIterable, Codable, Sendable {
    case wholeModel, wholeModelOfQ4_1, edge
    /// Exits whose tails and bodies of two ranks take their memory with the first token.
    case tails, ranks, bodies
    /// An exit whose vocabulary lacks tokens of the text, which take memory when they are met, not when they are read.
    case vocabulary

    func session(in scratch: Scratch) throws -> any DecodingSession {
      switch self {
      case .wholeModel: try Self.whole(.llama3, scratch)
      case .wholeModelOfQ4_1: try Self.whole(.q4_1, scratch)
      case .edge: try Self.edge(TinyModel.llama3.bundles(exits: [2, 4], into: scratch).edge)
      case .tails: try Self.edge([.tail(blocks: 2), .tail(blocks: 1)], replace: true, scratch)
      case .ranks: try Self.edge([.affine(rank: 4), .affine(rank: 8)], scratch)
      case .bodies: try Self.edge([.mlp, .affine(rank: nil)], scratch)
      case .vocabulary:
        try Self.session(
          EdgeModel(
            exitsOf: VocabularyModel.make(
              Array(100..<200), of: try TinyModel.q4_1.withExits([2, 4], into: scratch),
              includesText: true, into: scratch)))
      }
    }

    private static func whole(
      _ tiny: TinyModel, _ scratch: Scratch
    ) throws -> any DecodingSession {
      WholeModelSession(
        try WholeModel(try tiny.imported(into: scratch)), pool: try ThreadPool(threads: 2))
    }

    private static func edge(
      _ bodies: [ExitBody], replace: Bool = false, _ scratch: Scratch
    ) throws -> any DecodingSession {
      let bundles = try TinyModel.llama3.bundles(exits: [2, 4], into: scratch) {
        $0.placement.bodies = bodies
        $0.placement.replacesBlocks = replace
      }
      return try edge(bundles.edge)
    }

    private static func edge(_ bundle: Artifact) throws -> any DecodingSession {
      try session(EdgeModel(bundle))
    }

    /// Every other exit answers for the other: what is left behind is caught up with.
    private static func session(_ edge: EdgeModel) throws -> any DecodingSession {
      EdgeSession(
        edge, policy: .init(thresholds: [0.02, 0], mode: .standalone),
        pool: try ThreadPool(threads: 2))
    }
  }
}
