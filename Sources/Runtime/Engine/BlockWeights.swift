import CleaveModel

/// The weights of one transformer block, mapped.
struct BlockWeights: Sendable {
  let attentionNorm: [Float]  // [hidden]
  let query: Matrix  // [heads * headDimension, hidden]
  let key: Matrix  // [kvHeads * headDimension, hidden]
  let value: Matrix  // [kvHeads * headDimension, hidden]
  let output: Matrix  // [hidden, heads * headDimension]
  let feedForwardNorm: [Float]  // [hidden]
  let gate: Matrix  // [intermediate, hidden]
  let up: Matrix  // [intermediate, hidden]
  let down: Matrix  // [hidden, intermediate]

  init(_ artifact: Artifact, block index: Int) throws {
    let path = ArtifactLayout.block(index)
    let tensors = try artifact.tensors(in: path)
    func tensor(_ weight: BlockWeight) throws -> Tensor {
      try tensors.required(WeightName.block(index, weight).text, in: path)
    }
    attentionNorm = try tensor(.attentionNorm).floats()
    query = Matrix(try tensor(.query))
    key = Matrix(try tensor(.key))
    value = Matrix(try tensor(.value))
    output = Matrix(try tensor(.output))
    feedForwardNorm = try tensor(.feedForwardNorm).floats()
    gate = Matrix(try tensor(.gate))
    up = Matrix(try tensor(.up))
    down = Matrix(try tensor(.down))
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
