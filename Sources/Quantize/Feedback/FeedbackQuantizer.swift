import CleaveKernels
import CleaveModel
import CleaveRuntime
import CleaveStorage

/// Quantizes a model block by block with error feedback. Each block's matrices are rounded for the
/// input they receive from the blocks before, already quantized, so that later blocks compensate
/// for earlier ones. Memory holds the hidden states of all texts, and the moments and factors of
/// one block and the head.
package struct FeedbackQuantizer {
  /// Settings of error feedback.
  package struct Settings: Sendable {
    /// The damping as a share of the mean diagonal of the second moments.
    package var damping = 0.01
    package init() {}
  }

  private let artifact: Artifact
  private let types: [String: TensorType]
  private let texts: [[Int]]
  private let settings: Settings
  private let model: LayerwiseModel
  private let pool: ThreadPool
  private let progress: (_ done: Int, _ total: Int) -> Void

  /// - Parameters:
  ///   - types: the types of matrices by name; other tensors are copied.
  ///   - texts: the tokens of the texts on which the model runs.
  package init(
    _ artifact: Artifact, types: [String: TensorType], texts: [[Int]], settings: Settings,
    pool: ThreadPool, progress: @escaping (_ done: Int, _ total: Int) -> Void
  ) throws {
    self.artifact = artifact
    self.types = types
    self.texts = texts
    self.settings = settings
    self.pool = pool
    self.progress = progress
    try pool.requireProductMemory()
    model = try LayerwiseModel(artifact, numerics: .standard, pool: pool)
  }

  /// Quantizes the model and writes the files of embedding, blocks and head.
  package func run(into writer: ArtifactWriter) throws {
    let total = texts.count * (artifact.manifest.blocks.count + 1)
    try write(file: ArtifactLayout.embedding, moments: try tiedMoments(), into: writer)
    progress(texts.count, total)
    let table = try writer.stagedTensors(in: ArtifactLayout.embedding)[
      WeightName.tokenEmbedding.text]
    var states = try texts.map { try model.embed($0, table: table) }
    let head = isRounded(.head) ? [WeightName.head.text: emptyMoments(.attention, .attention)] : [:]
    for block in artifact.manifest.blocks {
      let path = ArtifactLayout.block(block)
      try write(file: path, moments: try moments(of: block, states), into: writer)
      let quantized = try model.block(block, replacing: try writer.stagedTensors(in: path))
      for text in states.indices {
        try model.run(quantized, &states[text])
        try head.values.first.map { try addHead(states[text], depth: block + 1, to: $0) }
        progress((block + 1) * texts.count + text + 1, total)
      }
    }
    try write(file: ArtifactLayout.head, moments: head, into: writer)
  }

  /// Whether a matrix is rounded to blocks. Inputs are collected only for such matrices.
  private func isRounded(_ name: WeightName) -> Bool { types[name.text]?.isQuantized ?? false }

  /// - Parameter mixer: of the block with the input.
  private func emptyMoments(_ input: BlockInput, _ mixer: Mixer) -> SecondMoments {
    let configuration = artifact.manifest.configuration
    let width =
      switch input {
      case .attention, .feedForward: configuration.hiddenSize
      case .output: configuration.mixedSize(mixer)
      case .down: configuration.intermediateSize
      case .sharedDown: configuration.block.experts?.sharedSize ?? 0
      }
    return SecondMoments(width: width, threads: pool.count)
  }

  /// The second moments of the inputs of a block's rounded matrices, by tensor name.
  private func moments(
    of block: Int, _ states: [[Float]]
  ) throws -> [String: SecondMoments] {
    let configuration = artifact.manifest.configuration
    let mixer = configuration.mixer(ofBlock: block)
    let rounded = BlockInput.ofWeights(in: configuration.block, mixer).filter {
      isRounded(.block(block, $0.key))
    }
    guard !rounded.isEmpty else { return [:] }
    let moments = Dictionary(
      uniqueKeysWithValues: Set(rounded.values).map { ($0, emptyMoments($0, mixer)) })
    let own = try model.block(block)
    for text in states {
      var text = text
      try model.run(own, &text) { _, input, values, count, _ in
        moments[input]?.add(values, count: count)
      }
    }
    return Dictionary(
      uniqueKeysWithValues: rounded.map { weight, input in
        (WeightName.block(block, weight).text, moments[input]!)
      })
  }

  /// The second moments of a tied head's inputs, including at exits, in the unquantized model: the
  /// embedding is rounded before any block.
  private func tiedMoments() throws -> [String: SecondMoments] {
    let configuration = artifact.manifest.configuration
    guard configuration.tiedEmbeddings, isRounded(.tokenEmbedding) else { return [:] }
    // Far more positions than the rank of the moments needs.
    let enough = 16 * configuration.hiddenSize
    let moments = emptyMoments(.attention, .attention)
    let blocks = try artifact.manifest.blocks.map { try model.block($0) }
    for text in texts where moments.count < enough {
      var states = try model.embed(text)
      for (depth, block) in blocks.enumerated() {
        try model.run(block, &states)
        try addHead(states, depth: depth + 1, to: moments)
      }
    }
    return [WeightName.tokenEmbedding.text: moments]
  }

  /// Adds the inputs of the head at `depth`, if the model or an exit reads the head there.
  private func addHead(_ states: [Float], depth: Int, to moments: SecondMoments) throws {
    let read = try model.unembedded(states, depth: depth)
    if !read.isEmpty { moments.add(read, count: read.count / moments.width) }
  }

  private func write(
    file path: String, moments: [String: SecondMoments], into writer: ArtifactWriter
  ) throws {
    var factors: [ObjectIdentifier: FeedbackFactor] = [:]
    // Sorted by name, so that the same error is reported in each run.
    let tensors = try artifact.tensors(in: path).values.sorted { $0.name < $1.name }
    let sources = try tensors.map { tensor in
      guard let type = types[tensor.name], type != tensor.type else {
        return WeightSource(tensor, name: tensor.name)
      }
      // Float types round to nearest, and an embedding that is not the head has no input to
      // measure.
      guard let moments = moments[tensor.name] else {
        return TensorQuantization(
          tensor: tensor, type: type, effort: .search, importance: nil, threads: pool
        ).source { _ in }
      }
      let key = ObjectIdentifier(moments)
      let factor =
        try factors[key] ?? FeedbackFactor(moments, damping: settings.damping, of: tensor.name)
      factors[key] = factor
      let rounding = FeedbackRounding(tensor: tensor, type: type, factor: factor, pool: pool)
      return WeightSource(name: tensor.name, type: type, shape: tensor.shape) {
        try rounding.stream($0)
      }
    }
    try writer.write(sources, to: path)
  }
}
