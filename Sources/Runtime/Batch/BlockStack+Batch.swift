import CleaveModel

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
      attention(index, &states, parts, cache, &workspace)
      feedForward(blocks[index], &states, first: 0, count: count, &workspace) { _, _ in }
      try after(range.lowerBound + index, states)
    }
  }

  private func attention(
    _ index: Int, _ x: inout [Float], _ spans: [BatchSpan], _ cache: some SpanCache,
    _ work: inout Workspace
  ) {
    let block = blocks[index]
    let count = x.count / configuration.hiddenSize
    work.normed.normalize(
      x, count: count, weight: block.attentionNorm, epsilon: configuration.normEpsilon,
      pool: work.pool)
    Matrix.multiply(
      block.queryKeyValue, work.normed, count: count, into: &work.projected, pool: work.pool)
    Attention.run(
      spans, block: index, &work.projected, count: count, configuration: configuration,
      rotary: work.rotary, cache: cache, into: &work.attended, pool: work.pool)
    block.output.add(work.attended, count: count, to: &x, first: 0, pool: work.pool)
  }
}
