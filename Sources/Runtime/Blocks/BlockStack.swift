import CleaveModel

/// An input that one matrix of a block reads, or several in common.
package enum BlockInput: Hashable, CaseIterable, Sendable {
  /// The input of query, key and value, or of what a block with a state has in their place.
  case attention
  /// The input of the output projection.
  case output
  /// The input of gate and up.
  case feedForward
  /// The input of the down projection.
  case down
  /// The input of the down projection of a shared expert.
  case sharedDown
}

/// Takes what the matrices of a block read: the first `count` rows of `[.., width]` floats.
package typealias BlockObserver = (
  _ block: Int, _ input: BlockInput, _ values: [Float], _ count: Int, _ width: Int
) -> Void

/// A run of consecutive transformer blocks: the part of a model that lies between two cuts, or a tail.
final class BlockStack: Sendable {
  let configuration: ModelConfiguration
  /// The blocks, counted from 0 in the whole model.
  let range: Range<Int>
  let blocks: [BlockWeights]
  /// The kind of attention of each block.
  let kinds: [AttentionKind]

  init(_ artifact: Artifact, blocks range: Range<Int>) throws {
    configuration = artifact.manifest.configuration
    self.range = range
    kinds = range.map(configuration.attention(ofBlock:))
    blocks = try range.map { try BlockWeights(artifact, block: $0) }
  }

  /// A single block whose weights may be in any file.
  init(_ configuration: ModelConfiguration, block: Int, weights: BlockWeights) {
    self.configuration = configuration
    range = block..<block + 1
    kinds = [configuration.attention(ofBlock: block)]
    blocks = [weights]
  }

  private init(_ whole: BlockStack, from first: Int) {
    configuration = whole.configuration
    range = first..<whole.range.upperBound
    kinds = Array(whole.kinds.dropFirst(first - whole.range.lowerBound))
    blocks = Array(whole.blocks.dropFirst(first - whole.range.lowerBound))
  }

  /// Whether some blocks have a state in place of keys and values.
  var hasStates: Bool { kinds.contains { $0.mixer != .attention } }

  /// The blocks from this one on, counted in the whole model.
  func from(block first: Int) -> BlockStack {
    precondition(range.contains(first))
    return first == range.lowerBound ? self : BlockStack(self, from: first)
  }

  /// The tail of an exit, whose blocks are counted from 0; nil for an exit without one.
  init?(tailOf exit: ExitRecord, _ artifact: Artifact) throws {
    guard exit.body.tailBlocks > 0 else { return nil }
    let configuration = artifact.manifest.configuration
    self.configuration = configuration
    range = 0..<exit.body.tailBlocks
    let kinds = exit.tailAttention(in: configuration)
    self.kinds = kinds
    let tensors = try artifact.tensors(in: exit.path)
    blocks = try range.map { block in
      try BlockWeights(configuration, kinds[block].mixer) {
        try tensors.required(exit.name(of: .tail(block, $0)), in: exit.path)
      }
    }
  }

  /// Runs a batch of hidden states through the blocks, in place: one product with each matrix for all of
  /// them, attention of each sequence over its own slot of the cache. The result for a position has the
  /// same bits whether it comes alone or in a batch: an exit's backfill and the cloud's catching up change
  /// nothing.
  ///
  /// - Parameters:
  ///   - states: `[.., hidden]`, of which the rows from `first` on are the batch's columns.
  ///   - spans: the sequences of the columns, at most `Workspace.largestBatch` in all. The cache has room
  ///     for their positions. Where not all columns of a span are wanted, the states of the others are left as
  ///     the last block reads them; nothing may observe it then.
  ///   - observe: sees what the matrices of each block read.
  ///   - after: takes the states after each block, with the block's index in the model.
  func forward(
    _ states: inout [Float], first: Int = 0, spans: some Collection<SequenceSpan>,
    cache: some KVCache, workspace: inout Workspace, observe: BlockObserver? = nil,
    after: (_ block: Int, _ states: [Float]) throws -> Void
  ) rethrows {
    let count = spans.reduce(0) { $0 + $1.count }
    precondition(count <= Workspace.largestBatch)
    precondition((first + count) * configuration.hiddenSize <= states.count)
    workspace.spans.fill(spans)
    workspace.rotary.cover(workspace.spans.end)
    workspace.grow(batch: count)
    let narrows = spans.contains { $0.wanted < $0.count }
    precondition(!narrows || observe == nil, "what is observed runs for all columns")
    for index in blocks.indices {
      workspace.spans.turn(to: index, kinds[index].mixer, of: cache)
      if narrows, index == blocks.count - 1, mayNarrow(kinds[index]) {
        runLast(
          &states, first: first, count: count, spans: spans, cache: cache, &workspace)
      } else {
        run(index, &states, first: first, count: count, &workspace, observe)
      }
      try after(range.lowerBound + index, states)
    }
    withExtendedLifetime(cache) {}
  }

  /// Whether a block can leave out columns that nothing reads: a state needs all of them.
  private func mayNarrow(_ kind: AttentionKind) -> Bool {
    kind.mixer == .attention && !configuration.block.outputGate
  }

  /// Runs one block: attention and the feed-forward network, each behind a norm and added to the hidden
  /// states, with the biases and further norms that only some families have.
  ///
  /// - Parameter x: `[.., hidden]`, of which `count` rows from `first` on run, in place.
  private func run(
    _ index: Int, _ x: inout [Float], first: Int, count: Int, _ work: inout Workspace,
    _ observe: BlockObserver?
  ) {
    let kind = kinds[index]
    project(index, x, first: first, count: count, &work, observe)
    if let state = blocks[index].state {
      state.run(
        work.spans.states, &work.projected, count: count, &work.states, pool: work.pool)
    } else {
      Attention.store(
        work.spans.spans, &work.projected, count: count, configuration: configuration,
        rotary: work.rotary[kind], pool: work.pool)
      Attention.attend(
        work.spans.spans, kind: kind, sinks: blocks[index].attentionSinks, &work.projected,
        count: count, configuration: configuration, into: &work.attended, pool: work.pool)
    }
    work.clock?.end(.attention)
    finish(index, &x, first: first, count: count, &work, observe)
  }

  /// Computes queries, keys and values of a block in `work.projected`, or what else its mixer takes, from the rows of
  /// `x`.
  func project(
    _ index: Int, _ x: [Float], first: Int, count: Int, _ work: inout Workspace,
    _ observe: BlockObserver?
  ) {
    let block = blocks[index]
    read(x, first: first, count: count, through: block.attentionNorm, &work)
    see(index, .attention, work.normed, count, observe)
    work.clock?.end(.vectors)
    Matrix.multiply(
      block.inputs, work.normed, count: count, into: &work.projected, pool: work.pool)
    work.clock?.end(.products)
    prepare(block, &work.projected, count: count, pool: work.pool)
    work.clock?.end(.vectors)
  }

  /// Fills `work.normed` with rows of `x`, through a norm where the block has one before the part.
  private func read(
    _ x: [Float], first: Int, count: Int, through norm: Norm?, _ work: inout Workspace
  ) {
    guard let norm else { return work.normed.copy(x, first: first, count: count, pool: work.pool) }
    work.normed.normalize(x, first: first, count: count, norm, pool: work.pool)
  }

  private func see(
    _ index: Int, _ input: BlockInput, _ read: Activations, _ count: Int,
    _ observe: BlockObserver?
  ) {
    observe?(range.lowerBound + index, input, read.values, count, read.width)
  }

  /// Adds the rest of a block to the rows of `x`: what its mixer has left in `work`, and the feed-forward
  /// network.
  func finish(
    _ index: Int, _ x: inout [Float], first: Int, count: Int, _ work: inout Workspace,
    _ observe: BlockObserver?
  ) {
    let block = blocks[index]
    let isParallel = configuration.block.parallel != nil
    // Both parts read what was there before either adds to it.
    if isParallel { read(x, first: first, count: count, through: block.feedForwardNorm, &work) }
    let mixed = work.mixed(kinds[index].mixer)
    see(index, .output, mixed, count, observe)
    work.add(
      block.postAttentionNorm, configuration, to: &x, first: first, count: count
    ) { output, first, work in
      block.output.add(mixed, count: count, to: &output, first: first, pool: work.pool)
      if let bias = block.outputBias {
        VectorKernels.addBias(bias, to: &output, offset: first * bias.count, count: count)
      }
    }
    work.clock?.end(.products)
    if !isParallel { read(x, first: first, count: count, through: block.feedForwardNorm, &work) }
    see(index, .feedForward, work.normed, count, observe)
    work.clock?.end(.vectors)
    work.add(
      block.postFeedForwardNorm, configuration, to: &x, first: first, count: count
    ) { output, first, work in
      feedForward(block.feedForward, to: &output, first: first, count: count, &work) {
        see(index, $0, $1, $2, observe)
      }
    }
    work.clock?.end(.products)
  }

  /// Adds the biases of queries, keys and values, and applies the norms of queries and keys.
  ///
  /// - Parameter projected: as `Attention.run` takes it.
  private func prepare(
    _ block: BlockWeights, _ projected: inout [Float], count: Int, pool: ThreadPool
  ) {
    var offset = 0
    for (matrix, bias) in zip(block.inputs, block.queryKeyValueBias) {
      VectorKernels.addBias(bias, to: &projected, offset: offset, count: count)
      offset += count * matrix.rows
    }
    guard let queryNorm = block.queryNorm, let keyNorm = block.keyNorm else { return }
    VectorKernels.normalize(
      &projected, offset: 0, rows: count * configuration.querySize / queryNorm.weight.count,
      queryNorm, pool: pool)
    VectorKernels.normalize(
      &projected, offset: count * configuration.querySize,
      rows: count * configuration.kvSize / keyNorm.weight.count, keyNorm, pool: pool)
  }

  /// Adds the output of the feed-forward part for `work.normed`.
  ///
  /// - Parameter see: takes what down projections read.
  private func feedForward(
    _ part: FeedForward, to output: inout [Float], first: Int, count: Int, _ work: inout Workspace,
    _ see: (_ input: BlockInput, _ read: Activations, _ count: Int) -> Void
  ) {
    switch part {
    case .dense(let network):
      network.open(work.normed, count: count, into: &work.gated, pool: work.pool)
      see(.down, work.gated, count)
      network.close(work.gated, count: count, to: &output, first: first, pool: work.pool)
    case .mixture(let mixture):
      mixture.apply(
        work.normed, count: count, to: &output, first: first, &work.experts, gated: &work.gated,
        pool: work.pool, see)
    }
  }
}
