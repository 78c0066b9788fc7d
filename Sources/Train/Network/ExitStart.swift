import CleaveModel
import CleaveRuntime
import CleaveStorage

/// Where exits begin: from weights of the model, so that the first step starts from a lens.
package enum ExitStart: String, CaseIterable, Sendable {
  /// The tails of a chain together are the model's last blocks.
  case last
  /// They are the blocks that follow the state they read.
  case next

  /// Sets every parameter.
  ///
  /// - Throws: `InputError` when a chain has more blocks than the model has to give.
  package func fill(_ parameters: Parameters, exits: [ExitRecord], from artifact: Artifact) throws {
    let head = try artifact.tensors(in: ArtifactLayout.head)
    guard let norm = head[WeightName.finalNorm.text] else {
      throw InputError(
        file: artifact.path, location: ArtifactLayout.head, found: "no final norm",
        expected: "the tensor of the final norm")
    }
    let norms = norm.floats()
    let configuration = artifact.manifest.configuration
    for (index, exit) in exits.enumerated() {
      let block = try firstBlock(of: index, exits, artifact)
      for weight in exit.weights(in: configuration) {
        let name = exit.name(of: weight)
        switch weight {
        case .norm: parameters.set(name, norms)
        case .affine, .affineUp, .affineBias, .mlp(.down):
          parameters.set(name, Array(repeating: 0, count: parameters[name].range.count))
        case .affineDown(let rank): parameters.set(name, Self.signs(rank, exit, artifact))
        case .mlp(let part):
          parameters.set(
            name,
            try Self.weight(part, ofBlock: artifact.manifest.configuration.blockCount - 1, artifact)
          )
        case .tail(let location, let part):
          parameters.set(name, try Self.weight(part, ofBlock: block + location, artifact))
        }
      }
    }
  }

  /// The model's block that the first of this exit's tail begins as.
  private func firstBlock(of index: Int, _ exits: [ExitRecord], _ artifact: Artifact) throws -> Int
  {
    let start = exits[...index].lastIndex { $0.reads == .model } ?? 0
    let end = exits[(start + 1)...].firstIndex { $0.reads == .model } ?? exits.count
    let count = artifact.manifest.configuration.blockCount
    let chain = exits[start..<end].reduce(0) { $0 + $1.body.tailBlocks }
    let before = exits[start..<index].reduce(0) { $0 + $1.body.tailBlocks }
    guard exits[start].depth + chain <= count else {
      throw InputError(
        file: artifact.path, location: "exit at depth \(exits[index].depth)",
        found: "tails of \(chain) blocks after block \(exits[start].depth)",
        expected: "no more than the \(count - exits[start].depth) that the model has there")
    }
    return (self == .last ? count - chain : exits[start].depth) + before
  }

  private static func weight(
    _ part: BlockWeight, ofBlock block: Int, _ artifact: Artifact
  ) throws -> [Float] {
    let path = ArtifactLayout.block(block), name = WeightName.block(block, part).text
    guard let tensor = try artifact.tensors(in: path)[name] else {
      throw InputError(
        file: "\(artifact.path)/\(path)", location: name, found: "no such tensor",
        expected: "the tensor \(name)")
    }
    return tensor.floats()
  }

  /// Random signs, `1 / sqrt(hidden)` large: the other factor is zero, and with both at zero nothing would
  /// ever move.
  private static func signs(_ rank: Int, _ exit: ExitRecord, _ artifact: Artifact) -> [Float] {
    let hidden = artifact.manifest.configuration.hiddenSize
    var random = CounterRandom(seed: 2, UInt64(exit.depth))
    let size = 1 / Float(hidden).squareRoot()
    return (0..<rank * hidden).map { _ in random.next() >> 63 == 0 ? size : -size }
  }
}
