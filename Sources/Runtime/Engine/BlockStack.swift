import CleaveModel

/// A run of consecutive transformer blocks: the part of a model that lies between two cuts.
final class BlockStack: Sendable {
  let configuration: ModelConfiguration
  /// The blocks, counted from 0 in the whole model.
  let range: Range<Int>
  private let blocks: [BlockWeights]

  init(_ artifact: Artifact, blocks range: Range<Int>) throws {
    configuration = artifact.manifest.configuration
    self.range = range
    blocks = try range.map { try BlockWeights(artifact, block: $0) }
  }

  /// Runs hidden states through the blocks, in place. They stand at the positions that follow those
  /// the cache holds. The result for a position has the same bits whether it comes alone or in a
  /// batch: an exit's backfill and the cloud's catching up change nothing.
  ///
  /// - Parameter states: `[count, hidden]`.
  func forward(_ states: inout [Float], cache: inout KVCache, workspace: inout Workspace) {
    let hidden = configuration.hiddenSize
    let count = states.count / hidden
    var done = 0
    while done < count {
      let batch = min(Workspace.largestBatch, count - done)
      workspace.prepare(configuration, batch: batch, positions: cache.positions + batch)
      for index in blocks.indices {
        attention(
          blocks[index], &states, first: done, count: batch, position: cache.positions,
          cache: &cache.blocks[index], &workspace)
        feedForward(blocks[index], &states, first: done, count: batch, &workspace)
      }
      cache.positions += batch
      done += batch
    }
  }

  /// `x += output(attention(rope(query), rope(key), value))` of the normed x.
  private func attention(
    _ block: BlockWeights, _ x: inout [Float], first: Int, count: Int, position: Int,
    cache: inout BlockCache, _ work: inout Workspace
  ) {
    let (hidden, kvSize) = (configuration.hiddenSize, configuration.kvSize)
    VectorKernels.normalize(
      x, first: first, count: count, weight: block.attentionNorm,
      epsilon: configuration.normEpsilon, into: &work.normed)
    cache.extend(by: count, width: kvSize)
    let offset = position * kvSize
    block.query.multiply(work.normed, count: count, into: &work.query, pool: work.pool)
    block.key.multiply(work.normed, count: count, into: &cache.keys, at: offset, pool: work.pool)
    block.value.multiply(
      work.normed, count: count, into: &cache.values, at: offset, pool: work.pool)
    VectorKernels.rotate(
      &work.query, count: count, heads: configuration.headCount, firstPosition: position,
      table: work.rotary)
    VectorKernels.rotate(
      &cache.keys, firstRow: position, count: count, heads: configuration.kvHeadCount,
      firstPosition: position, table: work.rotary)
    VectorKernels.attend(
      query: work.query, cache: cache, count: count, firstPosition: position,
      heads: configuration.headCount, kvHeads: configuration.kvHeadCount,
      headDimension: configuration.headDimension, scores: &work.scores, into: &work.attended,
      pool: work.pool)
    block.output.multiply(work.attended, count: count, into: &work.delta, pool: work.pool)
    VectorKernels.add(&x, at: first * hidden, work.delta, count: count * hidden)
  }

  /// `x += down(silu(gate(x')) * up(x'))` of the normed x' (SwiGLU, Shazeer 2020).
  private func feedForward(
    _ block: BlockWeights, _ x: inout [Float], first: Int, count: Int, _ work: inout Workspace
  ) {
    let hidden = configuration.hiddenSize
    VectorKernels.normalize(
      x, first: first, count: count, weight: block.feedForwardNorm,
      epsilon: configuration.normEpsilon, into: &work.normed)
    block.gate.multiply(work.normed, count: count, into: &work.gate, pool: work.pool)
    block.up.multiply(work.normed, count: count, into: &work.up, pool: work.pool)
    VectorKernels.swiGLU(&work.gate, work.up, count: count * configuration.intermediateSize)
    block.down.multiply(work.gate, count: count, into: &work.delta, pool: work.pool)
    VectorKernels.add(&x, at: first * hidden, work.delta, count: count * hidden)
  }
}
