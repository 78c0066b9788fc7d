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
    let count = configuration.blockCount
    for chain in Self.chains(exits) {
      let blocks = chain.tailBlocks
      let depth = chain[0].depth
      let room = start == .next ? count - depth : count
      guard blocks <= room else {
        throw InputError(
          file: file, location: "exits",
          found: "\(blocks) blocks in tails that go on from depth \(depth)",
          expected: "at most \(room), as the model has "
            + (start == .next ? "after that depth" : "in all"))
      }
      var first = start == .next ? depth : count - blocks
      for exit in chain {
        ranges[exit.depth] = first..<first + exit.body.tailBlocks
        first += exit.body.tailBlocks
      }
    }
  }

  /// The exits in groups that continue from one another, each beginning with one that reads the model.
  private static func chains(_ exits: [ExitRecord]) -> [[ExitRecord]] {
    exits.reduce(into: []) { chains, exit in
      if exit.reads == .model || chains.isEmpty {
        chains.append([exit])
      } else {
        chains[chains.count - 1].append(exit)
      }
    }
  }

  /// The model's block that a block of a tail is a copy of.
  ///
  /// - Parameters:
  ///   - index: the block in the tail, counted from 0.
  ///   - depth: the depth of the tail's exit, one of those that this was made with.
  func block(_ index: Int, ofTailAt depth: Int) -> Int {
    guard let range = ranges[depth] else { preconditionFailure("no new exit at depth \(depth)") }
    return range.lowerBound + index
  }
}
