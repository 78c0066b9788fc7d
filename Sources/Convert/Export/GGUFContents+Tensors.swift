import CleaveModel
import CleaveStorage

extension GGUFContents {
  func tensors() throws -> [WeightSource] {
    var sources = ropeTensors
    for weight in WeightName.embeddingFile(in: configuration) {
      sources.append(try source(of: weight))
    }
    for index in exported.blocks.indices { sources += try block(index) }
    for weight in WeightName.headFile(in: configuration) {
      sources.append(try source(of: weight))
    }
    return sources
  }

  private func source(of weight: WeightName) throws -> WeightSource {
    let tensor = try exported.tensor(weight)
    return weight.isVector
      ? .floats(try tensor.widened(), name: weight.ggufName)
      : WeightSource(tensor, name: weight.ggufName)
  }

  /// The tensors of one block. Weights that the format stores fused are joined into one tensor.
  private func block(_ index: Int) throws -> [WeightSource] {
    let tensors = try exported.block(index)
    let fused = format.fused.filter { group in tensors.contains { $0.weight == group.parts[0] } }
    let inFused = Set(fused.flatMap(\.parts))
    let single = try tensors.filter { !inFused.contains($0.weight) }.map {
      try source($0.tensor, of: $0.weight, block: index)
    }
    return single
      + (try fused.map { group in
        try join(
          group.parts.flatMap { part in tensors.filter { $0.weight == part } },
          name: "blk.\(index).\(group.name)")
      })
  }

  private func source(
    _ tensor: Tensor, of part: BlockWeight, block index: Int
  ) throws -> WeightSource {
    let name = "blk.\(index).\(format.name(of: part))"
    // llama.cpp has the gate of a shared expert as a vector.
    if part == .sharedRouter {
      let rows = FloatRows(tensor, .f32, as: .f32)
      return WeightSource(name: name, type: .f32, shape: [tensor.rowElements], stream: rows.stream)
    }
    if part.isVector {
      let values = try tensor.widened()
      let order = part.isRotated ? rowOrder : nil
      let source = WeightSource.floats(
        order.map { order in values.indices.map { values[order($0)] } } ?? values, name: name)
      guard let experts = configuration.block.experts, part.isExpertBiases else { return source }
      return source.shaped(as: [experts.count, values.count / experts.count])
    }
    if let experts = configuration.block.experts, part.isExperts {
      return WeightSource(
        rowsOf: [tensor], from: 0,
        shape: [experts.count, tensor.shape[0] / experts.count, tensor.shape[1]], name: name,
        rowOrder: nil)
    }
    guard part.isRotated, let order = rowOrder else { return WeightSource(tensor, name: name) }
    return WeightSource(tensor, name: name, rowOrder: order)
  }

  /// The row order that GGUF expects in rotated weights; nil if it is ours. Whole rows move, so
  /// quantized blocks keep their bits.
  private var rowOrder: (@Sendable (Int) -> Int)? {
    RotaryRowOrder.to(configuration, interleaved: format.interleavesRows)
  }

  /// Joins weights into one tensor, row after row.
  ///
  /// - Throws: `InputError` if the weights have different types: one tensor has one type.
  private func join(
    _ parts: [(weight: BlockWeight, tensor: Tensor)], name: String
  ) throws -> WeightSource {
    if parts.allSatisfy(\.weight.isVector) {
      return try WeightSource.joined(parts, rowOrder: rowOrder, name: name)
    }
    let first = parts[0].tensor
    if let other = parts.first(where: { $0.tensor.type != first.type }) {
      throw InputError(
        file: artifact.path, location: other.tensor.name, found: other.tensor.type.rawValue,
        expected: "\(first.type.rawValue), as \(first.name): GGUF has them in one tensor",
        advice: "Quantize with a recipe of one type, or with --tensor for both.")
    }
    let sources = parts.map { weight, tensor in
      guard weight.isRotated, let order = rowOrder else {
        return WeightSource(tensor, name: tensor.name)
      }
      return WeightSource(tensor, name: tensor.name, rowOrder: order)
    }
    let rows = parts.reduce(0) { $0 + $1.tensor.shape[0] }
    return WeightSource(name: name, type: first.type, shape: [rows, first.shape[1]]) { write in
      for source in sources { try source.stream(write) }
    }
  }

  /// The RoPE settings that GGUF stores as tensors and not as metadata.
  private var ropeTensors: [WeightSource] {
    if case .longRoPE(let long) = configuration.rope.scaling {
      return [
        .floats(long.long, name: "rope_factors_long.weight"),
        .floats(long.short, name: "rope_factors_short.weight"),
      ]
    }
    return ropeDivisors.map { [.floats($0, name: "rope_freqs.weight")] } ?? []
  }

  /// The divisor of each RoPE frequency, which is how GGUF stores Llama 3's scaling; nil without
  /// such scaling.
  private var ropeDivisors: [Float]? {
    switch configuration.rope.scaling {
    case .none, .linear, .longRoPE, .yarn: return nil
    case .divisors(let divisors): return divisors
    case .llama3:
      func frequencies(_ rope: RoPE) -> [Float] {
        rope.inverseFrequencies(
          headDimension: configuration.headDimension, contextLength: configuration.contextLength)
      }
      let plain = frequencies(RoPE(theta: configuration.rope.theta))
      return zip(plain, frequencies(configuration.rope)).map { plain, scaled in
        let divisor = Float(Double(plain) / Double(scaled))
        // llama.cpp divides in float32. Prefer the neighbouring divisor whose quotient is exactly
        // our frequency.
        return [divisor, divisor.nextUp, divisor.nextDown].first { plain / $0 == scaled } ?? divisor
      }
    }
  }
}
