import CleaveStorage

/// The contents of `manifest.json`. specs/artifact.md is its specification.
package struct Manifest: Equatable, Sendable {
  /// The part of a model that an artifact holds.
  package enum Role: String, CaseIterable, Sendable {
    /// A whole model.
    case model
    /// The edge bundle: the first blocks, the exits, the tokenizer.
    case edge
    /// The cloud bundle: every block after the first exit.
    case cloud
  }

  package static let schema = "cleave.artifact"
  package static let version = 1

  package var role: Role
  /// The identity of the whole model that all artifacts made from it share (see `ModelIdentity`).
  package var modelID: String
  package var configuration: ModelConfiguration
  package var tokens: SpecialTokens
  /// The blocks held, counted from 0.
  package var blocks: Range<Int>
  /// The exits in rising depth; empty in a cloud bundle, which has none.
  package var exits: [ExitRecord]
  /// The calibration of the exits' thresholds; nil where they were set by hand, and in a cloud bundle.
  package var calibration: CalibrationRecord?
  package var provenance: [ProvenanceStep]
  /// The files in path order; the manifest itself is not among them.
  package var files: [FileRecord]

  package init(
    role: Role, modelID: String, configuration: ModelConfiguration, tokens: SpecialTokens,
    blocks: Range<Int>, exits: [ExitRecord] = [], calibration: CalibrationRecord? = nil,
    provenance: [ProvenanceStep], files: [FileRecord] = []
  ) {
    self.role = role
    self.modelID = modelID
    self.configuration = configuration
    self.tokens = tokens
    self.blocks = blocks
    self.exits = exits
    self.calibration = calibration
    self.provenance = provenance
    self.files = files
  }

  package func file(_ path: String) -> FileRecord? { files.first { $0.path == path } }

  /// Bytes of all files except the manifest.
  package var totalBytes: Int { files.reduce(0) { $0 + $1.digest.bytes } }
}

/// The token ids with a meaning of their own, and the chat template.
package struct SpecialTokens: Equatable, Sendable {
  package var beginOfText: Int?
  /// Tokens that end a generation.
  package var endOfText: [Int]
  /// The chat template as Jinja text, as the checkpoint had it.
  package var chatTemplate: String?

  package init(beginOfText: Int? = nil, endOfText: [Int] = [], chatTemplate: String? = nil) {
    self.beginOfText = beginOfText
    self.endOfText = endOfText
    self.chatTemplate = chatTemplate
  }
}

/// One file of the artifact.
package struct FileRecord: Equatable, Sendable {
  /// The path relative to the artifact directory.
  package var path: String
  package var digest: FileDigest
  /// The tensors, in the order of their bytes; empty for a file that is not safetensors.
  package var tensors: [TensorRecord]

  package init(path: String, digest: FileDigest, tensors: [TensorRecord] = []) {
    self.path = path
    self.digest = digest
    self.tensors = tensors
  }

  /// Compares paths byte by byte: Swift compares strings as Unicode does, which another reader would not.
  static func inPathOrder(_ first: Self, _ second: Self) -> Bool {
    first.path.utf8.lexicographicallyPrecedes(second.path.utf8)
  }
}

/// One command in the making of an artifact. No times are kept: the same inputs give the same bytes.
package struct ProvenanceStep: Equatable, Sendable {
  package struct Input: Equatable, Sendable {
    /// The file's name without its directory.
    package var name: String
    package var digest: FileDigest

    package init(name: String, digest: FileDigest) {
      self.name = name
      self.digest = digest
    }
  }

  /// The command, as in "import" or "exits add".
  package var step: String
  /// The name and version of the tool.
  package var tool: String
  package var inputs: [Input]
  package var settings: [(name: String, value: String)]

  package init(step: String, inputs: [Input], settings: [(name: String, value: String)] = []) {
    self.step = step
    self.tool = "cleave \(CleaveVersion.text)"
    self.inputs = inputs
    self.settings = settings
  }

  package static func == (left: Self, right: Self) -> Bool { left.json.text() == right.json.text() }
}

package enum CleaveVersion {
  package static let text = "0.1.0"
}

extension Manifest {
  /// The memory of keys and values that the blocks keep; in an edge bundle also those of tails, which a
  /// model that runs whole does not use.
  package var kvBytes: KVBytes {
    let tails = role == .edge ? exits.flatMap { $0.tailAttention(in: configuration) } : []
    return configuration.kvBytes(blocks.map(configuration.attention(ofBlock:)) + tails)
  }
}
