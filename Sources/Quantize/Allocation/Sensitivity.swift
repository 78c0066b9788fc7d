import CleaveEvaluate
import CleaveKernels
import CleaveModel
import CleaveRuntime
import CleaveStorage

/// How much a model's answers change when one tensor is quantized: the mean KL divergence from the
/// model as it is, over positions of some texts, with everything else untouched.
package final class Sensitivity {
  private let model: LayerwiseModel
  private let artifact: Artifact
  private let blocks: [LayerwiseModel.Block]
  private let texts: [[Int]]
  /// For each text, hidden states before each block and after the last: `[tokens, hidden]`.
  private var states: [[[Float]]] = []
  /// For each text, the model's own logits at the positions that are compared.
  private var truth: [[Float]] = []
  /// Mean squares of what each tensor reads, `[columns]`.
  package private(set) var importance: [String: [Float]] = [:]
  /// The last positions of each text are compared.
  private let compared: Int

  /// The model's logits that are kept, over all texts.
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
      truth.append(model.logits(last(state)))
      states.append(own + [state])
    }
    importance = try capture.means()
  }

  /// The states of the positions that are compared.
  private func last(_ states: [Float]) -> [Float] {
    Array(states.suffix(compared * model.configuration.hiddenSize))
  }

  /// - Parameters:
  ///   - tensor: stands in for the model's tensor of that name.
  ///   - name: of a matrix.
  /// - Returns: mean KL divergence per position, in nats.
  package func divergence(with tensor: Tensor, for name: WeightName) throws -> Double {
    var sum = 0.0
    for text in texts.indices {
      sum += try divergence(of: try logits(text, with: tensor, for: name), from: truth[text])
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
      // A tied embedding is judged as the head, where it matters most.
      return model.logits(last(states[text].last!), head: tensor)
    case .finalNorm: preconditionFailure("a norm is no matrix")
    }
  }

  /// - Parameter states: before block `first`.
  private func logits(_ states: [Float], from first: Int) throws -> [Float] {
    var states = states
    for block in blocks[first...] { try model.run(block, &states) }
    return model.logits(last(states))
  }

  /// Sum over the positions compared.
  private func divergence(of logits: [Float], from truth: [Float]) throws -> Double {
    let vocabulary = model.configuration.vocabularySize
    return try (0..<compared).reduce(0.0) { sum, row in
      let range = (row * vocabulary)..<((row + 1) * vocabulary)
      return try logits.withUnsafeBufferPointer { logits in
        try truth.withUnsafeBufferPointer { truth in
          guard let own = LogitsRow(UnsafeBufferPointer(rebasing: logits[range])),
            let other = LogitsRow(UnsafeBufferPointer(rebasing: truth[range]))
          else {
            throw InputError(
              file: artifact.path, found: "logits that are no distribution",
              expected: "finite numbers")
          }
          return sum + other.divergence(to: own)
        }
      }
    }
  }
}
