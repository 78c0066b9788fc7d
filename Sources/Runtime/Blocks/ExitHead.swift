import CleaveModel
import CleaveStorage

/// An early-exit head with its weights: the body that changes a hidden state after the blocks, and the norm
/// before the unembedding.
struct ExitHead: Sendable {
  private(set) var record: ExitRecord
  let norm: Norm
  private let body: Body?

  /// A body that needs no other position.
  private enum Body: Sendable {
    case affine(Affine)
    case mlp(PerceptronWeights)
  }

  /// - Throws: `InputError` when the artifact lacks a tensor of the exit.
  init(_ record: ExitRecord, _ artifact: Artifact) throws {
    self.record = record
    let configuration = artifact.manifest.configuration
    let tensors = try artifact.tensors(in: record.path)
    func tensor(_ weight: ExitWeight) throws -> Tensor {
      try tensors.required(record.name(of: weight), in: record.path)
    }
    norm = Norm(
      weight: try tensor(.norm).floats(),
      bias: try configuration.block.normBias ? tensor(.normBias).floats() : nil, configuration)
    if let readout = record.body.readout {
      body = .affine(try Affine(readout) { try tensor(record.readout($0)) })
    } else if case .mlp = record.body {
      body = .mlp(
        try PerceptronWeights(configuration) { try tensor(.mlp($0)) })
    } else {
      body = nil
    }
  }

  /// A head with the same weights and another record of them.
  func with(_ record: ExitRecord) -> ExitHead {
    var head = self
    head.record = record
    return head
  }

  /// Applies the body to some rows of states. The result, which the norm reads, is left in
  /// `workspace.exit`, `[count, hidden]`. The bits of a row do not depend on the others.
  ///
  /// - Parameter states: `[.., hidden]`, after the tail if there is one.
  func apply(
    to states: [Float], first: Int, count: Int, _ workspace: inout Workspace
  ) {
    let width = norm.weight.count
    precondition(count <= Workspace.largestBatch)
    workspace.exit.grow(to: count * width)
    workspace.exit.withUnsafeMutableBufferPointer { output in
      for index in 0..<count * width { output[index] = states[first * width + index] }
    }
    switch body {
    case nil: break
    case .affine(let affine): affine.apply(count: count, &workspace)
    case .mlp(let mlp): mlp.apply(count: count, &workspace)
    }
  }

  /// Applies body and norm to rows of states.
  ///
  /// - Returns: what the unembedding reads, `[count, hidden]` in float32.
  func normed(_ states: [Float], _ workspace: inout Workspace) -> [Float] {
    let width = norm.weight.count
    var normed: [Float] = []
    var output = Activations(width: width, numerics: .exact)
    for first in stride(from: 0, to: states.count / width, by: Workspace.largestBatch) {
      let count = min(Workspace.largestBatch, states.count / width - first)
      apply(to: states, first: first, count: count, &workspace)
      output.grow(columns: count)
      output.normalize(
        workspace.exit, count: count, norm, pool: workspace.pool)
      normed += output.values.prefix(count * width)
    }
    return normed
  }
}

/// A feed-forward exit body: `x += down(activation(gate(n)) * up(n))` with n = norm(x)
/// (EE-Tuning, arXiv 2402.00518).
struct PerceptronWeights: Sendable {
  private let norm: Norm
  private let network: DenseNetwork

  init(
    _ configuration: ModelConfiguration, _ tensor: (BlockWeight) throws -> Tensor
  ) throws {
    norm = Norm(weight: try tensor(.feedForwardNorm).floats(), bias: nil, configuration)
    network = DenseNetwork(
      gate: Matrix(try tensor(.gate)), up: Matrix(try tensor(.up)),
      down: Matrix(try tensor(.down)), configuration.block)
  }

  /// Changes the first `count` rows of `workspace.exit`.
  func apply(count: Int, _ work: inout Workspace) {
    work.grow(batch: count)
    work.normed.normalize(work.exit, count: count, norm, pool: work.pool)
    network.open(work.normed, count: count, into: &work.gated, pool: work.pool)
    network.close(work.gated, count: count, to: &work.exit, first: 0, pool: work.pool)
  }
}
