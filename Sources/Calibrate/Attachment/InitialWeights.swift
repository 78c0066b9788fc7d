import CleaveModel
import CleaveStorage

/// What the weights of a new exit are before any training: a body that changes nothing, copies of the
/// model's blocks in a tail, and the final norm.
struct InitialWeights {
  private let exit: ExitRecord
  private let origins: TailOrigins
  private let artifact: Artifact
  private let configuration: ModelConfiguration
  private let norm: Tensor
  /// Of the blocks that are copied from.
  private let blocks: [Int: [String: Tensor]]

  init(_ exit: ExitRecord, origins: TailOrigins, _ artifact: Artifact) throws {
    self.exit = exit
    self.origins = origins
    self.artifact = artifact
    configuration = artifact.manifest.configuration
    norm = try Self.tensor(
      .finalNorm, in: try artifact.tensors(in: ArtifactLayout.head), of: artifact)
    var needed = (0..<exit.body.tailBlocks).map { origins.block($0, ofTailAt: exit.depth) }
    if exit.body == .mlp { needed = [configuration.blockCount - 1] }
    blocks = try Dictionary(
      uniqueKeysWithValues: needed.map { ($0, try artifact.tensors(in: ArtifactLayout.block($0))) })
  }

  /// Copies keep their type; what is made is F32.
  func source(_ weight: ExitWeight) throws -> WeightSource {
    let name = exit.name(of: weight)
    switch weight {
    case .norm: return WeightSource(norm, name: name)
    case .affine, .affineUp, .affineBias, .mlp(.down):
      // A zero here, and the body gives back what it gets.
      return made(name, weight) { _ in 0 }
    case .affineDown:
      // With both factors zero nothing would ever move.
      return made(name, weight, signs)
    case .mlp(let part):
      return WeightSource(try tensor(part, ofBlock: configuration.blockCount - 1), name: name)
    case .tail(let block, let part):
      let origin = origins.block(block, ofTailAt: exit.depth)
      return WeightSource(try tensor(part, ofBlock: origin), name: name)
    }
  }

  private func tensor(_ part: BlockWeight, ofBlock block: Int) throws -> Tensor {
    try Self.tensor(.block(block, part), in: blocks[block] ?? [:], of: artifact)
  }

  private static func tensor(
    _ weight: WeightName, in tensors: [String: Tensor], of artifact: Artifact
  ) throws -> Tensor {
    guard let tensor = tensors[weight.text] else {
      throw InputError(
        file: artifact.path, location: weight.text, found: "nothing",
        expected: "the tensor \(weight.text)")
    }
    return tensor
  }

  // MARK: Made weights

  private static let piece = 1 << 14

  /// - Parameter value: of the element at an index.
  private func made(
    _ name: String, _ weight: ExitWeight, _ value: @escaping @Sendable (_ index: Int) -> Float
  ) -> WeightSource {
    let shape = weight.shape(in: configuration)
    let count = shape.reduce(1, *)
    return WeightSource(name: name, type: .f32, shape: shape) { write in
      for first in stride(from: 0, to: count, by: Self.piece) {
        let bits = (first..<min(first + Self.piece, count)).map {
          value($0).bitPattern.littleEndian
        }
        try bits.withUnsafeBytes(write)
      }
    }
  }

  /// Random signs, `1 / sqrt(hidden)` large, so that a product keeps the size of what it is of,
  /// the same on every machine.
  private var signs: @Sendable (_ index: Int) -> Float {
    let size = 1 / Float(configuration.hiddenSize).squareRoot()
    let stream = UInt64(exit.depth) << 32
    return { index in
      SplitMix64.at(seed: 0, counter: stream &+ UInt64(index)) & 1 == 0 ? size : -size
    }
  }
}
