import CleaveModel

/// The weights of one transformer block, mapped.
struct BlockWeights: Sendable {
  let attentionNorm: [Float]  // [hidden]
  /// Query `[heads * headDimension, hidden]`, key and value `[kvHeads * headDimension, hidden]`.
  let queryKeyValue: [Matrix]
  let output: Matrix  // [hidden, heads * headDimension]
  let feedForwardNorm: [Float]  // [hidden]
  let gate: Matrix  // [intermediate, hidden]
  let up: Matrix  // [intermediate, hidden]
  let down: Matrix  // [hidden, intermediate]

  init(_ artifact: Artifact, block index: Int) throws {
    let path = ArtifactLayout.block(index)
    try self.init(try artifact.tensors(in: path), block: index, path: path)
  }

  init(_ tensors: [String: Tensor], block index: Int, path: String) throws {
    try self.init { try tensors.required(WeightName.block(index, $0).text, in: path) }
  }

  /// Of any tensors of a block's shapes: a model's block, or one of an exit's tail.
  init(_ tensor: (BlockWeight) throws -> Tensor) throws {
    attentionNorm = try tensor(.attentionNorm).floats()
    queryKeyValue = try [.query, .key, .value].map { Matrix(try tensor($0)) }
    output = Matrix(try tensor(.output))
    feedForwardNorm = try tensor(.feedForwardNorm).floats()
    gate = Matrix(try tensor(.gate))
    up = Matrix(try tensor(.up))
    down = Matrix(try tensor(.down))
    // The kernels take queries, keys and values from one buffer by these.
    precondition(queryKeyValue[1].rows == queryKeyValue[2].rows && gate.rows == up.rows)
  }
}

extension [String: Tensor] {
  func required(_ name: String, in path: String) throws -> Tensor {
    guard let tensor = self[name] else {
      throw InputError(file: path, place: name, found: "no such tensor", expected: "it")
    }
    return tensor
  }
}
