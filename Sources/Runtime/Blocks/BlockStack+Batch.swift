extension BlockStack {
  /// Runs hidden states of several sequences through the blocks, in place: one product with each
  /// matrix for all of them, attention of each sequence over its own slot of the caches. The bits are
  /// those that each sequence would get alone.
  ///
  /// - Parameters:
  ///   - states: `[count, hidden]`, count at most `Workspace.largestBatch`.
  ///   - spans: whose the columns are; together all of them.
  ///   - after: takes the states after each block, with the block's index in the model.
  func forward(
    _ states: inout [Float], spans: [BatchSpan], cache: some SpanCache, workspace: inout Workspace,
    after: (_ block: Int, _ states: [Float]) throws -> Void
  ) rethrows {
    let count = states.count / configuration.hiddenSize
    precondition(count <= Workspace.largestBatch && count == spans.reduce(0) { $0 + $1.count })
    let parts = spans.flatMap(\.parts)
    workspace.rotary.cover(spans.reduce(0) { max($0, $1.position + $1.count) })
    workspace.grow(batch: count)
    for index in blocks.indices {
      let kind = kinds[index]
      run(index, &states, first: 0, count: count, &workspace, nil) { work in
        Attention.run(
          parts, block: index, kind: kind, &work.projected, count: count,
          configuration: configuration, rotary: work.rotary[kind], cache: cache,
          into: &work.attended, pool: work.pool)
      }
      try after(range.lowerBound + index, states)
    }
  }
}
