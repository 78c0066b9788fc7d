import CleaveModel
import CleaveStorage

/// What a block with a state has in the place of attention.
enum StateMixer: Sendable {
  case convolution(ConvolutionWeights)
  case deltaNet(DeltaWeights)

  /// - Returns: nil for attention.
  init?(
    _ mixer: Mixer, _ configuration: ModelConfiguration, _ tensor: (BlockWeight) throws -> Tensor
  ) throws {
    switch mixer {
    case .attention: return nil
    case .convolution:
      guard let convolution = configuration.convolution else { return nil }
      self = .convolution(try ConvolutionWeights(convolution, tensor))
    case .deltaNet:
      guard let net = configuration.deltaNet else { return nil }
      self = .deltaNet(try DeltaWeights(net, epsilon: configuration.normEpsilon, tensor))
    }
  }

  /// Runs the columns of a batch: what the input projections gave for them and what their sequences remember becomes
  /// what the output projection reads.
  func run(
    _ spans: [StateSpan], _ projected: inout [Float], count: Int, _ work: inout StateWorkspace,
    pool: ThreadPool
  ) {
    switch self {
    case .convolution(let weights): weights.run(spans, &projected, count: count, &work, pool: pool)
    case .deltaNet(let weights): weights.run(spans, &projected, count: count, &work, pool: pool)
    }
  }
}
