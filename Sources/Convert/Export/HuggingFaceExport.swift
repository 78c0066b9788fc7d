import CleaveModel
import CleaveStorage

/// `cleave export hf`: an artifact as a directory that transformers loads. The whole model, the edge at one
/// of its exits, or a cloud bundle: a model of the same class whose first block is the one after the first
/// exit, to be fed hidden states as `inputs_embeds`.
package struct HuggingFaceExport {
  /// What quantized matrices become; float ones stay as they are.
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
  /// The exit to end at; nil for all blocks.
  package var exit: Int?
  package var type = FloatType.f32
  package var force = false
  /// Called with the bytes written so far and in all.
  package var progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }
  /// Bytes of weights in one file, above which there are several with an index.
  package var largestFile = 5 << 30

  package init(source: String, target: String) {
    self.source = source
    self.target = target
  }

  /// What was written.
  package struct Result: Sendable {
    package let modelID: String
    package let modelClass: String
    package let role: Manifest.Role
    package let exit: Int?
    package let blocks: Int
    package let tensors: Int
    package let bytes: Int
    /// What transformers does otherwise, for a person to know.
    package let notes: [String]
  }

  package func run() throws -> Result {
    let artifact = try Artifact(opening: source)
    let parts = try HuggingFaceParts(artifact, exit: exit, type: type.tensorType)
    var notes: [String] = []
    let config = try parts.config(&notes)
    let shards = HuggingFaceShards(try parts.tensors(), largest: largestFile)
    let texts = try parts.texts()
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
    try directory.publish()
    return Result(
      modelID: artifact.manifest.modelID, modelClass: parts.form.modelClass,
      role: artifact.manifest.role, exit: exit, blocks: parts.configuration.blockCount,
      tensors: shards.count, bytes: shards.bytes, notes: notes)
  }
}
