import CleaveModel
import CleaveStorage

/// Which of the model's blocks each block of each new tail is a copy of.
struct TailOrigins {
  /// By depth of the exit: blocks of the model, counted from 0.
  private var ranges: [Int: Range<Int>] = [:]

  /// - Parameter exits: in rising depth.
  /// - Throws: `InputError` when the model has not as many blocks as are to be copied.
  init(_ exits: [ExitRecord], _ start: ExitAttachment.TailStart, _ artifact: Artifact) throws {
    let count = artifact.manifest.configuration.blockCount
    for chain in Self.chains(exits) {
      let blocks = chain.reduce(0) { $0 + $1.body.tailBlocks }
      let depth = chain[0].depth
      let room = start == .next ? count - depth : count
      guard blocks <= room else {
        throw InputError(
          file: artifact.path, location: "exits",
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

  /// Exits that go on from one another, each beginning with one that reads the model.
  private static func chains(_ exits: [ExitRecord]) -> [[ExitRecord]] {
    exits.reduce(into: []) { chains, exit in
      if exit.reads == .model || chains.isEmpty {
        chains.append([exit])
      } else {
        chains[chains.count - 1].append(exit)
      }
    }
  }

  /// The model's block that a block of this exit's tail is a copy of.
  func block(_ index: Int, ofTailAt depth: Int) -> Int {
    guard let range = ranges[depth] else { preconditionFailure("an exit that is not new") }
    return range.lowerBound + index
  }
}
