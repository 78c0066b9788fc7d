import CleaveModel
import CleaveStorage

/// The weights of new exits before any training. Every exit answers like the logit lens (nostalgebraist
/// 2020): its norm is the model's final norm, an affine or mlp body and the maps around a tail change nothing, and
/// the blocks of a tail are copies of the model's. `exits add` writes these weights, and `train` begins from them.
package struct ExitInitialization {
  private let artifact: Artifact
  private let untrained: UntrainedExits
  private var configuration: ModelConfiguration { artifact.manifest.configuration }

  /// - Parameters:
  ///   - exits: in rising depth.
  ///   - start: the blocks that tails begin as copies of.
  ///   - artifact: a model.
  /// - Throws: `InputError` for exits that the model cannot have.
  package init(_ exits: [ExitRecord], _ start: TailStart, _ artifact: Artifact) throws {
    self.artifact = artifact
    untrained = try UntrainedExits(
      exits, start, artifact.manifest.configuration, file: artifact.path)
  }

  /// The records of the exits with what follows from the blocks that their tails begin as.
  ///
  /// - Parameter feedback: whether the first exit gets hidden states back from the cloud.
  /// - Throws: `InputError` for feedback that the first exit cannot have.
  package func records(feedback: Bool) throws -> [ExitRecord] {
    try untrained.records(feedback: feedback)
  }

  /// The value of one weight of one of the exits.
  ///
  /// - Throws: `InputError` when the model lacks the tensor that is copied, or it cannot be opened.
  package func value(of weight: ExitWeight, in exit: ExitRecord) throws -> InitialWeight {
    let shape = weight.shape(in: configuration)
    switch weight {
    case .norm:
      return .copy(try tensor(.finalNorm, in: ArtifactLayout.head))
    case .normBias:
      return .copy(try tensor(.finalNormBias, in: ArtifactLayout.head))
    case .affine(.down), .readout(.down):
      // With both factors zero, neither would ever have a gradient. Signs of this magnitude make the
      // product of the factor and a vector as long as the vector, in expectation.
      let magnitude = 1 / Float(configuration.hiddenSize).squareRoot()
      return .signs(
        shape: shape, magnitude: magnitude,
        random: CounterRandom(seed: Self.signsSeed, UInt64(exit.depth)))
    case .affine, .readout, .mlp(.down):
      // With zeros here, the body gives back what it gets.
      return .zeros(shape: shape)
    case .mlp(let part):
      return .copy(try tensor(part, ofBlock: configuration.blockCount - 1))
    case .tail(let block, let part):
      return .copy(try tensor(part, ofBlock: untrained.block(block, ofTailAt: exit.depth)))
    }
  }

  /// Every artifact with a low-rank body was made with this seed.
  private static let signsSeed: UInt64 = 2

  private func tensor(_ part: BlockWeight, ofBlock block: Int) throws -> Tensor {
    try tensor(.block(block, part), in: ArtifactLayout.block(block))
  }

  private func tensor(_ weight: WeightName, in path: String) throws -> Tensor {
    guard let tensor = try artifact.tensors(in: path)[weight.text] else {
      throw InputError(
        file: "\(artifact.path)/\(path)", location: weight.text, found: "no such tensor",
        expected: "one, for the exits to begin as a copy of",
        advice: "The artifact is damaged: import the model again.")
    }
    return tensor
  }
}
