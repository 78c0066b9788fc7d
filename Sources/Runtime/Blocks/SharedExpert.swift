import CleaveModel
import CleaveStorage

/// The expert that every token goes through beside its own, times a gate: the sigmoid of a number that one row makes of
/// what the experts read (Qwen2MoeSparseMoeBlock).
struct SharedExpert: Sendable {
  private let router: Matrix  // [1, hidden]
  private let network: DenseNetwork

  init(_ form: BlockForm, _ tensor: (BlockWeight) throws -> Tensor) throws {
    router = Matrix(try tensor(.sharedRouter))
    network = DenseNetwork(
      gate: Matrix(try tensor(.sharedGate)), up: Matrix(try tensor(.sharedUp)),
      down: Matrix(try tensor(.sharedDown)), form)
  }

  /// Adds the expert's output for the rows of `input` to as many rows of `output`.
  ///
  /// - Parameters:
  ///   - input: `[count, hidden]`.
  ///   - work: grown for as many columns.
  ///   - see: takes what the down projection reads.
  func apply(
    _ input: Activations, count: Int, to output: inout [Float], first: Int,
    _ work: inout ExpertWorkspace, pool: ThreadPool,
    _ see: (_ read: Activations, _ count: Int) -> Void
  ) {
    work.shared.grow(columns: count)
    Matrix.multiply([router], input, count: count, into: &work.scores, pool: pool)
    let routes = zip(0..., VectorKernels.exponentials(work.scores[..<count].map { -$0 })).map {
      ExpertMixture.Route(column: $0, weight: 1 / (1 + $1))
    }
    network.open(input, count: count, into: &work.shared, pool: pool)
    see(work.shared, count)
    network.close(work.shared, count: count, into: &work.output, pool: pool)
    work.scatter(routes, into: &output, first: first)
  }
}
