import CleaveKernels
import CleaveModel
import CleaveStorage

/// The gated DeltaNet of a block (Yang et al., arXiv 2412.06464): queries, keys and values go through a short
/// convolution; keys write to the state what it does not say yet of their values, and queries read it.
struct DeltaWeights: Sendable {
  private let net: DeltaNet
  private let kernel: [Float]  // [taps, mixedSize]
  private let rate: [Float]  // [valueHeads]
  private let decayBias: [Float]  // [valueHeads]
  private let norm: [Float]  // [valueDimension]
  private let epsilon: Float

  init(
    _ net: DeltaNet, epsilon: Float, _ tensor: (BlockWeight) throws -> Tensor
  ) throws {
    self.net = net
    self.epsilon = epsilon
    kernel = try ConvolutionWeights.transposed(tensor(.deltaKernel).floats(), taps: net.kernel)
    rate = try tensor(.deltaRate).floats()
    decayBias = try tensor(.deltaDecayBias).floats()
    norm = try tensor(.deltaNorm).floats()
  }

  /// Runs the columns of a batch, and leaves the result in `work.recalled`.
  ///
  /// - Parameters:
  ///   - spans: the sequences of the columns.
  ///   - projected: of `count` columns, one after another, queries, keys and values `[count, mixedSize]`, the gate of
  ///     the output `[count, valueSize]`, what is written and the decay, each `[count, valueHeads]`.
  func run(
    _ spans: [StateSpan], _ projected: inout [Float], count: Int, _ work: inout StateWorkspace,
    pool: ThreadPool
  ) {
    for span in spans {
      precondition(span.column + span.count <= count)
      replay(span.state, span.state.goBack(to: span.position), &work, pool: pool)
    }
    precondition(count * (net.mixedSize + net.valueSize + 2 * net.valueHeads) <= projected.count)
    precondition(work.recalled.width == net.valueSize)
    list(spans, &work)
    var recalled = Activations(width: 0, numerics: .exact)
    swap(&recalled, &work.recalled)
    projected.withUnsafeMutableBufferPointer { projected in
      let input = projected.baseAddress!
      let gate = input + count * net.mixedSize
      let write = gate + count * net.valueSize
      recalled.write(columns: count) { values, _ in
        recur(input, write, write + count * net.valueHeads, count, into: values, &work, pool: pool)
        ck_rms_norm(
          pool.handle, values, norm, net.valueDimension, count * net.valueHeads, epsilon, values,
          nil)
        ck_swiglu(gate, values, count * net.valueSize)
        values.update(from: gate, count: count * net.valueSize)
      }
    }
    recalled.quantize(count: count, pool: pool)
    swap(&recalled, &work.recalled)
    for span in spans { span.state.advance(span.count) }
  }

  private func list(_ spans: [StateSpan], _ work: inout StateWorkspace) {
    work.kept.removeAll(keepingCapacity: true)
    work.recurrences.removeAll(keepingCapacity: true)
    for span in spans {
      work.kept.append(span.state.rows(column: span.column, count: span.count))
      work.recurrences.append(span.state.recurrence(column: span.column, count: span.count))
    }
  }

  /// Runs inputs that were kept once more, from an earlier state.
  private func replay(
    _ state: BlockState, _ range: Range<Int>, _ work: inout StateWorkspace, pool: ThreadPool
  ) {
    let (width, heads) = (net.mixedSize, net.valueHeads)
    for first in stride(from: range.lowerBound, to: range.upperBound, by: Workspace.largestBatch) {
      let piece = first..<min(first + Workspace.largestBatch, range.upperBound)
      let count = piece.count
      var inputs: [Float] = []
      swap(&inputs, &work.replayed)
      inputs.grow(to: count * (width + 2 * heads))
      work.mixed.grow(to: count * width)
      list([StateSpan(state: state, position: first, column: 0, count: count)], &work)
      inputs.withUnsafeMutableBufferPointer { inputs in
        let input = inputs.baseAddress!
        let write = input + count * width
        state.copyRows(piece, offset: 0, width: width, to: input)
        state.copyRows(piece, offset: width, width: heads, to: write)
        state.copyRows(piece, offset: width + heads, width: heads, to: write + count * heads)
        recur(input, write, write + count * heads, count, into: nil, &work, pool: pool)
      }
      swap(&inputs, &work.replayed)
      state.advance(count)
    }
  }

  /// Runs the convolution and the recurrence of `work.kept` and `work.recurrences`.
  ///
  /// - Parameters:
  ///   - write, decay: become the gates.
  ///   - output: nil where only the states are wanted.
  private func recur(
    _ input: UnsafePointer<Float>, _ write: UnsafeMutablePointer<Float>,
    _ decay: UnsafeMutablePointer<Float>, _ count: Int, into output: UnsafeMutablePointer<Float>?,
    _ work: inout StateWorkspace, pool: ThreadPool
  ) {
    let (kept, recurrences) = (work.kept, work.recurrences)
    let (width, heads) = (net.mixedSize, net.valueHeads)
    let sizes = ck_delta_net(
      key_heads: net.keyHeads, value_heads: heads, key_dim: net.keyDimension,
      value_dim: net.valueDimension)
    work.mixed.withUnsafeMutableBufferPointer { mixed in
      ck_short_convolution(
        pool.handle, kept, kept.count, input, width, kernel, net.kernel, 1, mixed.baseAddress)
      ck_keep_rows(kept, kept.count, input, width, 0)
      ck_keep_rows(kept, kept.count, write, heads, width)
      ck_keep_rows(kept, kept.count, decay, heads, width + heads)
      ck_delta_gates(decay, write, rate, decayBias, heads, count)
      ck_delta_normalize(pool.handle, sizes, mixed.baseAddress, count)
      ck_delta_rule(
        pool.handle, sizes, recurrences, recurrences.count, mixed.baseAddress, decay, write, output)
    }
  }
}
