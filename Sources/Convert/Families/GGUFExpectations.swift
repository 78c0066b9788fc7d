import CleaveModel
import CleaveStorage

/// Checks of what llama.cpp takes for granted of an architecture, for exports that would compute something else there.
struct GGUFExpectations {
  private let model: ModelConfiguration
  private let path: String
  private let architecture: String

  init(_ model: ModelConfiguration, path: String, architecture: String) {
    self.model = model
    self.path = path
    self.architecture = architecture
  }

  private func require(_ holds: Bool, _ name: String, _ found: String, _ expected: String) throws {
    guard !holds else { return }
    throw InputError(
      file: path, location: "configuration.\(name)", found: found,
      expected: "\(expected), as llama.cpp has it for \(architecture)")
  }

  /// A head that is not the embedding.
  func ownHead() throws {
    try require(!model.tiedEmbeddings, "tied_embeddings", "true", "false")
  }

  func tiedHead() throws {
    try require(model.tiedEmbeddings, "tied_embeddings", "false", "true")
  }

  /// Queries as wide as the hidden states.
  func wholeHeads() throws {
    try require(
      model.querySize == model.hiddenSize, "head_dimension",
      "\(model.headCount) heads of \(model.headDimension)",
      "\(model.hiddenSize) in all, the hidden size")
  }

  func activation(_ expected: BlockForm.Activation) throws {
    try require(
      model.block.activation == expected, "block.activation", model.block.activation.rawValue,
      expected.rawValue)
  }

  /// Scores divided by the root of a head's width.
  func usualScale() throws {
    try require(
      model.attentionScale == nil, "attention_scale", "\(model.attentionScale ?? 0)",
      "none: 1 / sqrt(\(model.headDimension))")
  }

  /// Biases of attention: of queries, keys, values and output, or none of them.
  func attentionBiases(_ expected: Bool) throws {
    try require(
      model.block.queryKeyValueBias == expected, "block.qkv_bias",
      "\(model.block.queryKeyValueBias)", "\(expected)")
    try require(
      model.block.outputBias == expected, "block.output_bias", "\(model.block.outputBias)",
      "\(expected)")
  }

  func feedForwardBiases(_ expected: Bool) throws {
    try require(
      model.block.feedForwardBias == expected, "block.feed_forward_bias",
      "\(model.block.feedForwardBias)", "\(expected)")
  }

  func clamp(_ expected: GateClamp) throws {
    let found = model.block.gateClamp
    try require(
      found == expected, "block.gate_clamp", found.map { "\($0.slope) and \($0.limit)" } ?? "none",
      "\(expected.slope) and \(expected.limit)")
  }

  func fewerBlocks(than count: Int) throws {
    try require(
      model.blockCount < count, "block_count", "\(model.blockCount)", "fewer than \(count)")
  }

  /// RoPE in the blocks with a window, and in no other.
  func rotationInWindowsAlone() throws {
    let blocks = model.window?.blocks ?? []
    let others = (0..<model.blockCount).filter { !blocks.contains($0) }
    try require(
      model.unrotatedBlocks == others && model.window?.rope == nil, "blocks_without_rope",
      "\(model.unrotatedBlocks.prefix(16))", "the blocks without a window, \(others.prefix(16))")
  }
}
