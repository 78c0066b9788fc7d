import CleaveModel

/// What several matrices of a block read in common.
package enum BlockInput: Hashable, CaseIterable, Sendable {
  /// Query, key and value.
  case attention
  /// The output projection of attention.
  case output
  /// Gate and up.
  case feedForward
  case down
}

/// Sees what the matrices of a block read: the first `count` rows of `[.., width]` floats.
package typealias BlockObserver = (
  _ block: Int, _ input: BlockInput, _ values: [Float], _ count: Int, _ width: Int
) -> Void

/// A run of consecutive transformer blocks: the part of a model that lies between two cuts, or a tail.
final class BlockStack: Sendable {
  let configuration: ModelConfiguration
  /// The blocks, counted from 0 in the whole model.
  let range: Range<Int>
  let blocks: [BlockWeights]

  init(_ artifact: Artifact, blocks range: Range<Int>) throws {
    configuration = artifact.manifest.configuration
    self.range = range
    blocks = try range.map { try BlockWeights(artifact, block: $0) }
  }

  /// A single block whose weights may be in any file.
  init(_ configuration: ModelConfiguration, block: Int, weights: BlockWeights) {
    self.configuration = configuration
    range = block..<block + 1
    blocks = [weights]
  }

  /// The tail of an exit, whose blocks are counted from 0; nil for an exit without one.
  init?(tailOf exit: ExitRecord, _ artifact: Artifact) throws {
    guard exit.body.tailBlocks > 0 else { return nil }
    configuration = artifact.manifest.configuration
    range = 0..<exit.body.tailBlocks
    let tensors = try artifact.tensors(in: exit.path)
    blocks = try range.map { block in
      try BlockWeights { try tensors.required(exit.name(of: .tail(block, $0)), in: exit.path) }
    }
  }

  /// Runs hidden states through the blocks, in place. They stand at the positions that follow those
  /// the cache holds. The result for a position has the same bits whether it comes alone or in a
  /// batch: an exit's backfill and the cloud's catching up change nothing.
  ///
  /// - Parameter states: `[count, hidden]`.
  func forward(
    _ states: inout [Float], cache: inout KVCache, workspace: inout Workspace,
    observe: BlockObserver? = nil
  ) {
    let count = states.count / configuration.hiddenSize
    cache.cover(cache.positions + count)
    workspace.rotary.cover(cache.positions + count)
    var done = 0
    while done < count {
      let batch = min(Workspace.largestBatch, count - done)
      workspace.grow(batch: batch)
      for index in blocks.indices {
        let block = blocks[index]
        let see: (BlockInput, Activations) -> Void = { [range] input, read in
          observe?(range.lowerBound + index, input, read.values, batch, read.width)
        }
        attention(
          block, &states, first: done, count: batch, position: cache.positions,
          cache: &cache.blocks[index], &workspace, see)
        feedForward(block, &states, first: done, count: batch, &workspace, see)
      }
      cache.positions += batch
      done += batch
    }
  }

  /// `x += output(attention(rope(query), rope(key), value))` of the normed x.
  private func attention(
    _ block: BlockWeights, _ x: inout [Float], first: Int, count: Int, position: Int,
    cache: inout BlockCache, _ work: inout Workspace, _ see: (BlockInput, Activations) -> Void
  ) {
    work.normed.normalize(
      x, first: first, count: count, weight: block.attentionNorm,
      epsilon: configuration.normEpsilon, pool: work.pool)
    see(.attention, work.normed)
    Matrix.multiply(
      block.queryKeyValue, work.normed, count: count, into: &work.projected, pool: work.pool)
    Attention.store(
      &work.projected, count: count, position: position, configuration: configuration,
      rotary: work.rotary, cache: &cache, pool: work.pool)
    Attention.attend(
      work.projected, count: count, position: position, configuration: configuration,
      cache: &cache, into: &work.attended, pool: work.pool)
    see(.output, work.attended)
    block.output.add(work.attended, count: count, to: &x, first: first, pool: work.pool)
  }

  /// `x += down(silu(gate(x')) * up(x'))` of the normed x' (SwiGLU, Shazeer 2020).
  func feedForward(
    _ block: BlockWeights, _ x: inout [Float], first: Int, count: Int, _ work: inout Workspace,
    _ see: (BlockInput, Activations) -> Void
  ) {
    work.normed.normalize(
      x, first: first, count: count, weight: block.feedForwardNorm,
      epsilon: configuration.normEpsilon, pool: work.pool)
    see(.feedForward, work.normed)
    Matrix.gateUp(
      gate: block.gate, up: block.up, work.normed, count: count, into: &work.gated, pool: work.pool)
    see(.down, work.gated)
    block.down.add(work.gated, count: count, to: &x, first: first, pool: work.pool)
  }
}
