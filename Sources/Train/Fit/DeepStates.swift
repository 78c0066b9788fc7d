import CleaveModel
import CleaveRuntime

/// The model's hidden states of captured sequences at any depth: those that the store holds, and those that the
/// model's blocks make of them.
final class DeepStates {
  private let store: CaptureStore
  private let model: LayerwiseModel
  private var blocks: [Int: LayerwiseModel.Block] = [:]

  init(_ artifact: Artifact, _ store: CaptureStore, pool: ThreadPool) throws {
    self.store = store
    model = try LayerwiseModel(artifact, numerics: .standard, pool: pool)
  }

  /// - Parameters:
  ///   - sequence: its index in the store.
  ///   - depths: in rising order.
  /// - Returns: the hidden states at each of the depths, `[length, hidden]`.
  func read(_ sequence: Int, depths: some Sequence<Int>) throws -> [[Float]] {
    let captured = try store.read(sequence)
    let stored = store.configuration.depths
    var depth: Int?
    var states: [Float] = []
    return try depths.map { wanted in
      if let index = stored.lastIndex(where: { $0 <= wanted }), stored[index] > depth ?? -1 {
        (depth, states) = (stored[index], captured.states[index])
      }
      var reached = depth ?? 0
      if depth == nil { states = try model.embed(captured.tokens.map(Int.init)) }
      while reached < wanted {
        try model.run(try block(reached), &states)
        reached += 1
      }
      depth = reached
      return states
    }
  }

  private func block(_ index: Int) throws -> LayerwiseModel.Block {
    if let block = blocks[index] { return block }
    let block = try model.block(index)
    blocks[index] = block
    return block
  }
}
