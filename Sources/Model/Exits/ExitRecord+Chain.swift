extension [ExitRecord] {
  /// The model's blocks that an edge with these exits runs, up to the deepest exit that reads the model.
  package var edgeBlocks: Range<Int> { 0..<(last { $0.reads == .model }?.depth ?? 0) }

  /// Number of blocks of all tails together.
  package var tailBlocks: Int { reduce(0) { $0 + $1.body.tailBlocks } }

  /// The blocks that a token goes through before the norm of the exit at this index, in order.
  package func path(to index: Int) -> [BlockReference] {
    let exit = self[index]
    let before: [BlockReference] =
      switch exit.reads {
      case .model: (0..<exit.depth).map { .model($0) }
      case .previous: path(to: index - 1)
      }
    return before + (0..<exit.body.tailBlocks).map { .tail(depth: exit.depth, block: $0) }
  }
}
