import CleaveModel
import CleaveRuntime
import CleaveStorage

/// Runs texts through a model and sums the squared inputs of its matrices. The head's input is
/// taken at each exit and at the end.
package struct ImportanceCapture {
  private let model: LayerwiseModel
  private let artifact: Artifact
  private let blocks: [LayerwiseModel.Block]
  private let sums = ImportanceSums()

  package init(_ model: LayerwiseModel, _ artifact: Artifact) throws {
    self.model = model
    self.artifact = artifact
    blocks = try artifact.manifest.blocks.map { try model.block($0) }
  }

  /// Runs the model on one text.
  ///
  /// - Parameter before: called with the hidden states before each block.
  /// - Returns: the hidden states after the last block, `[tokens, hidden]`.
  @discardableResult
  package mutating func run(
    _ text: [Int], before: ([Float]) -> Void = { _ in }
  ) throws -> [Float] {
    let sums = sums
    var states = try model.embed(text)
    for (depth, block) in blocks.enumerated() {
      before(states)
      let index = artifact.manifest.blocks.lowerBound + depth
      let reads = BlockInput.ofWeights(
        in: model.configuration.block, model.configuration.mixer(ofBlock: index))
      try model.run(block, &states) { block, input, values, count, width in
        for (weight, read) in reads where read == input {
          sums.add(values, count, width, to: WeightName.block(block, weight).text)
        }
      }
      try addHead(states, depth: depth + 1)
    }
    return states
  }

  private func addHead(_ states: [Float], depth: Int) throws {
    let read = try model.unembedded(states, depth: depth)
    guard !read.isEmpty else { return }
    let configuration = model.configuration
    let head: WeightName = configuration.tiedEmbeddings ? .tokenEmbedding : .head
    let width = configuration.hiddenSize
    sums.add(read, read.count / width, width, to: head.text)
  }

  /// The mean squares of each matrix's input by name, `[columns]`.
  ///
  /// - Throws: `InputError` if one is not finite.
  package func means() throws -> [String: [Float]] {
    let means = sums.means
    for (name, values) in means.sorted(by: { $0.key < $1.key }) {
      guard let column = values.firstIndex(where: { !$0.isFinite }) else { continue }
      throw InputError(
        file: artifact.path, location: name,
        found: "a mean square of \(values[column]) of what its column \(column) reads",
        expected: "finite activations", advice: "The model's weights or activations overflow.")
    }
    return means
  }
}
