import CleaveModel
import CleaveStorage

/// The block of the model that each block of each new tail is a copy of.
struct TailOrigins {
  /// The model's blocks, counted from 0, by the depth of the exit whose tail copies them.
  private var ranges: [Int: Range<Int>] = [:]

  /// - Parameters:
  ///   - exits: in rising depth.
  ///   - file: the model, for error messages.
  /// - Throws: `InputError` when the model does not have as many blocks as are to be copied.
  init(
    _ exits: [ExitRecord], _ start: TailStart, _ configuration: ModelConfiguration, file: String
  ) throws {
    let tails = exits.filter { $0.body.tailBlocks > 0 }
    var chains = exits.chains.filter { $0.tailBlocks > 0 }
    // A number for each tail: each begins by itself.
    if case .blocks(let blocks) = start, blocks.count == tails.count { chains = tails.map { [$0] } }
    let firsts = try Self.firsts(chains, start, configuration.blockCount, file: file)
    for (chain, first) in zip(chains, firsts) {
      var first = first
      for exit in chain {
        ranges[exit.depth] = first..<first + exit.body.tailBlocks
        first += exit.body.tailBlocks
      }
    }
  }

  /// The first block that each chain of tails copies.
  private static func firsts(
    _ chains: [[ExitRecord]], _ start: TailStart, _ count: Int, file: String
  ) throws -> [Int] {
    func check(_ chain: [ExitRecord], room: Int, _ what: String) throws -> Int {
      guard chain.tailBlocks <= room else {
        throw InputError(
          file: file, location: "exits",
          found: "\(chain.tailBlocks) blocks in tails that go on from depth \(chain[0].depth)",
          expected: "at most \(room), as the model has \(what)")
      }
      return chain.tailBlocks
    }
    switch start {
    case .last: return try chains.map { count - (try check($0, room: count, "in all")) }
    case .next:
      return try chains.map {
        _ = try check($0, room: count - $0[0].depth, "after that depth")
        return $0[0].depth
      }
    case .blocks(let blocks):
      guard blocks.count == 1 || blocks.count == chains.count else {
        throw InputError(
          file: file, location: "exits", found: "\(blocks.count) blocks for tails to begin as",
          expected: "one, or one for each of the \(chains.count) chains of tails, or for each tail")
      }
      return try chains.enumerated().map { index, chain in
        let first = blocks[blocks.count == 1 ? 0 : index]
        guard (0..<count).contains(first) else {
          throw InputError(
            file: file, location: "exits", found: "tails that begin as block \(first)",
            expected: "a block of the model, from 0 to \(count - 1)")
        }
        _ = try check(chain, room: count - first, "from block \(first) on")
        return first
      }
    }
  }

  /// The model's block that a block of a tail is a copy of.
  ///
  /// - Parameters:
  ///   - index: the block in the tail, counted from 0.
  ///   - depth: the depth of the tail's exit, one of those that this was made with.
  func block(_ index: Int, ofTailAt depth: Int) -> Int {
    guard let range = ranges[depth] else { preconditionFailure("no new tail at depth \(depth)") }
    return range.lowerBound + index
  }
}
