import CleaveKernels
import CleaveModel
import CleaveStorage

/// The gated short convolution of a block (LFM2): `outputGate * convolution(inputGate * input)`, each channel by itself.
struct ConvolutionWeights: Sendable {
  private let kernel: [Float]  // [taps, hidden]
  private let taps: Int

  init(_ convolution: ShortConvolution, _ tensor: (BlockWeight) throws -> Tensor) throws {
    taps = convolution.kernel
    kernel = try Self.transposed(tensor(.convolutionKernel).floats(), taps: taps)
  }

  /// A kernel as the kernels take it: `[taps, channels]` of `[channels, taps]`.
  static func transposed(_ kernel: [Float], taps: Int) -> [Float] {
    let channels = kernel.count / taps
    var result = [Float](repeating: 0, count: kernel.count)
    for channel in 0..<channels {
      for tap in 0..<taps { result[tap * channels + channel] = kernel[channel * taps + tap] }
    }
    return result
  }

  /// Runs the columns of a batch, and leaves the result in `work.convolved`.
  ///
  /// - Parameters:
  ///   - spans: the sequences of the columns.
  ///   - projected: input, input gate and output gate of `count` columns, one after another: `[count, hidden]` each.
  func run(
    _ spans: [StateSpan], _ projected: inout [Float], count: Int, _ work: inout StateWorkspace,
    pool: ThreadPool
  ) {
    let width = kernel.count / taps
    let numbers = count * width
    precondition(3 * numbers <= projected.count && work.convolved.width == width)
    work.kept.removeAll(keepingCapacity: true)
    for span in spans {
      precondition(span.column + span.count <= count)
      _ = span.state.goBack(to: span.position)
      work.kept.append(span.state.rows(column: span.column, count: span.count))
    }
    let kept = work.kept
    projected.withUnsafeMutableBufferPointer { projected in
      let input = projected.baseAddress!
      ck_multiply(input, input + numbers, numbers)
      work.convolved.write(columns: count) { values, _ in
        ck_short_convolution(
          pool.handle, kept, kept.count, input, width, kernel, taps, 0, values)
        ck_keep_rows(kept, kept.count, input, width, 0)
        ck_multiply(values, input + 2 * numbers, numbers)
      }
    }
    work.convolved.quantize(count: count, pool: pool)
    for span in spans { span.state.advance(span.count) }
  }
}
