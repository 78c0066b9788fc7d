import CleaveModel
import CleaveStorage

/// Runs `cleave export hf`: writes an artifact as a directory that transformers loads.
///
/// The directory holds the whole model, the edge up to one of its exits, or a cloud bundle. The
/// latter becomes a model of the same class whose first block is the one after the first exit; it
/// takes hidden states as `inputs_embeds`.
package struct HuggingFaceExport {
  /// The float type that quantized matrices are converted to; float matrices keep their type.
  package enum FloatType: String, CaseIterable, Sendable {
    case f32, f16, bf16

    var tensorType: TensorType {
      switch self {
      case .f32: .f32
      case .f16: .f16
      case .bf16: .bf16
      }
    }
  }

  package let source: String
  package let target: String
  /// The depth of the exit at which the exported model ends; nil for all blocks.
  package var exit: Int?
  package var type = FloatType.f32
  package var force = false
  /// Called with the number of bytes written so far and the total.
  package var progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
  /// The most bytes of weights in one file; larger models are split into shards with an index.
  package var largestFile = 5 << 30

  package init(source: String, target: String) {
    self.source = source
    self.target = target
  }

  /// A summary of the written directory.
  package struct Result: Sendable {
    package let modelID: String
    package let modelClass: String
    package let role: Manifest.Role
    package let exit: Int?
    package let blocks: Int
    package let tensors: Int
    package let bytes: Int
    /// Notes for the user about what transformers computes differently.
    package let notes: [String]
  }

  /// Exports the artifact.
  ///
  /// - Throws: `InputError` if config.json cannot express the artifact, `OutputError` if the
  ///   directory cannot be written.
  package func run() throws -> Result {
    let state = SourceState(of: [source])
    let artifact = try Artifact(opening: source)
    let contents = try HuggingFaceContents(artifact, exit: exit, type: type.tensorType)
    var notes = contents.exported.notes
    let config = try contents.config(&notes)
    let shards = HuggingFaceShards(try contents.tensors(), largest: largestFile)
    let texts = try contents.texts()
    let directory = try StagedOutput(
      target, sources: [source],
      format: .directory(
        of: ["config.json"] + texts.map(\.name) + shards.names,
        replaces: { FileSystem.exists("\($0)/config.json") }),
      force: force)
    for (name, bytes) in [("config.json", Array((config.text() + "\n").utf8))] + texts {
      var sink = try directory.create(name)
      try sink.write(bytes)
      _ = try sink.finish()
    }
    var done = 0
    try shards.write(into: directory) {
      done += $0
      progress(done, shards.bytes)
    }
    try state.requireUnchanged()
    try directory.publish()
    return Result(
      modelID: artifact.manifest.modelID, modelClass: contents.format.modelClass,
      role: artifact.manifest.role, exit: exit, blocks: contents.configuration.blockCount,
      tensors: shards.count, bytes: shards.bytes, notes: notes)
  }
}
