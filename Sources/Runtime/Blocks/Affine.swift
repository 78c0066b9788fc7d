import CleaveModel
import CleaveStorage

/// An affine exit body, or an affine map before or after a tail: `x += W x + b` (arXiv 2303.08112).
struct Affine: Sendable {
  /// `[hidden, hidden]`, or `[rank, hidden]` and `[hidden, rank]`.
  private let matrices: [Matrix]
  private let bias: [Float]  // [hidden]

  init(_ map: AffineMap, _ tensor: (AffineWeight) throws -> Tensor) throws {
    matrices = try map.matrices.map { Matrix(try tensor($0)) }
    bias = try tensor(.bias).floats()
  }

  /// The map before an exit's tail; nil where there is none.
  init?(mapOf exit: ExitRecord, _ artifact: Artifact) throws {
    guard let map = exit.body.map else { return nil }
    let tensors = try artifact.tensors(in: exit.path)
    try self.init(map) { try tensors.required(exit.name(of: .affine($0)), in: exit.path) }
  }

  /// Changes rows of states, from this element on to the end. The bits of a row do not depend on the others.
  ///
  /// - Parameter states: `[.., hidden]`.
  func apply(to states: inout [Float], from element: Int, _ work: inout Workspace) {
    let most = Workspace.largestBatch * bias.count
    for first in stride(from: element, to: states.count, by: most) {
      let part = first..<min(first + most, states.count)
      work.exit.grow(to: part.count)
      for index in part { work.exit[index - first] = states[index] }
      apply(count: part.count / bias.count, &work)
      for index in part { states[index] = work.exit[index - first] }
    }
  }

  /// Changes the first `count` rows of `workspace.exit`.
  func apply(count: Int, _ work: inout Workspace) {
    let width = bias.count
    work.normed.grow(columns: count)
    work.normed.copy(work.exit, count: count, pool: work.pool)
    if matrices.count == 2 {
      let rank = matrices[0].rows
      work.growLowRank(rank, batch: count)
      Matrix.multiply(
        [matrices[0]], work.normed, count: count, into: &work.lowRank[rank]!.values,
        pool: work.pool)
      work.lowRank[rank]!.quantize(count: count, pool: work.pool)
      matrices[1].add(
        work.lowRank[rank]!, count: count, to: &work.exit, first: 0, pool: work.pool)
    } else {
      matrices[0].add(work.normed, count: count, to: &work.exit, first: 0, pool: work.pool)
    }
    work.exit.withUnsafeMutableBufferPointer { x in
      for index in 0..<count * width { x[index] += bias[index % width] }
    }
  }
}
