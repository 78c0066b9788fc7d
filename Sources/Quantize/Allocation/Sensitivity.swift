import CleaveEvaluate
import CleaveKernels
import CleaveModel
import CleaveRuntime
import CleaveStorage

/// Measures how much a model's output changes when one tensor is quantized: the mean KL divergence
/// from the original model over positions of some texts, with everything else unchanged.
package final class Sensitivity {
  private let model: LayerwiseModel
  private let artifact: Artifact
  private let blocks: [LayerwiseModel.Block]
  private let texts: [[Int]]
  /// The hidden states of each text before each block and after the last one, `[tokens, hidden]`.
  private var states: [[[Float]]] = []
  /// The original model's logits of each text at the compared positions, `[compared, vocabulary]`.
  private var reference: [[Float]] = []
  /// The mean squares of each matrix's inputs, `[columns]`.
  package private(set) var importance: [String: [Float]] = [:]
  /// The number of positions compared, counted from the end of each text.
  private let compared: Int

  /// The most logits of the original model kept in memory, over all texts.
  private static let mostLogits = 1 << 25

  package init(_ artifact: Artifact, texts: [[Int]], pool: ThreadPool) throws {
    self.artifact = artifact
    self.texts = texts
    model = try LayerwiseModel(artifact, numerics: .standard, pool: pool)
    blocks = try artifact.manifest.blocks.map { [model] in try model.block($0) }
    let vocabulary = artifact.manifest.configuration.vocabularySize
    let shortest = texts.map(\.count).min() ?? 0
    compared = max(1, min(shortest / 2, Self.mostLogits / vocabulary / max(1, texts.count)))
    try capture()
  }

  private func capture() throws {
    var capture = try ImportanceCapture(model, artifact)
    for text in texts {
      var own: [[Float]] = []
      let state = try capture.run(text) { own.append($0) }
      reference.append(model.logits(last(state)))
      states.append(own + [state])
    }
    importance = try capture.means()
  }

  /// The hidden states of the compared positions.
  private func last(_ states: [Float]) -> [Float] {
    Array(states.suffix(compared * model.configuration.hiddenSize))
  }

  /// The mean KL divergence per position in nats, from the original model to the model with one
  /// tensor replaced.
  ///
  /// - Parameters: - tensor: the replacement. - name: the name of the matrix that it replaces.
  /// - Throws: `InputError` if logits are not finite.
  package func divergence(with tensor: Tensor, for name: WeightName) throws -> Double {
    var sum = 0.0
    for text in texts.indices {
      sum += try divergence(of: try logits(text, with: tensor, for: name), from: reference[text])
    }
    return sum / Double(texts.count * compared)
  }

  private func logits(
    _ text: Int, with tensor: Tensor, for name: WeightName
  ) throws -> [Float] {
    switch name {
    case .block(let block, _):
      var states = states[text][block]
      try model.run(try model.block(block, replacing: [name.text: tensor]), &states)
      return try logits(states, from: block + 1)
    case .tokenEmbedding where !model.configuration.tiedEmbeddings:
      return try logits(try model.embed(texts[text], table: tensor), from: 0)
    case .tokenEmbedding, .head:
      // A tied embedding is measured as the head, where its effect is largest.
      return model.logits(last(states[text].last!), head: tensor)
    case .finalNorm, .finalNormBias, .positionEmbedding, .headBias:
      preconditionFailure("\(name.text) is no matrix that is rounded")
    }
  }

  /// - Parameter states: the hidden states before block `first`, `[tokens, hidden]`.
  private func logits(_ states: [Float], from first: Int) throws -> [Float] {
    var states = states
    for block in blocks[first...] { try model.run(block, &states) }
    return model.logits(last(states))
  }

  /// The sum of KL divergences over the compared positions.
  private func divergence(of logits: [Float], from reference: [Float]) throws -> Double {
    let vocabulary = model.configuration.vocabularySize
    return try (0..<compared).reduce(0.0) { sum, row in
      let range = (row * vocabulary)..<((row + 1) * vocabulary)
      return try logits.withUnsafeBufferPointer { logits in
        try reference.withUnsafeBufferPointer { reference in
          guard let own = LogitsRow(UnsafeBufferPointer(rebasing: logits[range])),
            let other = LogitsRow(UnsafeBufferPointer(rebasing: reference[range]))
          else {
            throw InputError(
              file: artifact.path, found: "logits that are not finite",
              expected: "finite numbers")
          }
          return sum + other.divergence(to: own)
        }
      }
    }
  }
}
