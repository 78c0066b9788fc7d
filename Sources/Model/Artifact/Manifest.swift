/// What `manifest.json` says of an artifact. specs/artifact.md is its specification.
public struct Manifest: Equatable, Sendable {
  /// What the artifact is for.
  public enum Role: String, CaseIterable, Sendable {
    /// A whole model.
    case model
    /// What the edge device runs: the first blocks, the exits, the tokenizer.
    case edge
    /// What the cloud runs: every block after the first exit.
    case cloud
  }

  public static let schema = "cleave.artifact"
  public static let version = 1

  public var role: Role
  /// Identity of the whole model that all artifacts made from it share (see `ModelIdentity`).
  public var modelID: String
  public var configuration: ModelConfiguration
  public var tokens: SpecialTokens
  /// The blocks held, counted from 0.
  public var blocks: Range<Int>
  /// In rising depth; empty in a cloud bundle, which has no exits.
  public var exits: [ExitRecord]
  /// What the exits' thresholds promise; nil where they were set by hand, and in a cloud bundle.
  public var calibration: CalibrationRecord?
  public var provenance: [ProvenanceStep]
  /// In path order; the manifest itself is not among them.
  public var files: [FileRecord]

  public init(
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

  public func file(_ path: String) -> FileRecord? { files.first { $0.path == path } }

  /// Bytes of all files but the manifest.
  public var totalBytes: Int { files.reduce(0) { $0 + $1.digest.bytes } }
}

/// Token ids with a meaning, and the template that makes a prompt of a conversation.
public struct SpecialTokens: Equatable, Sendable {
  public var beginOfText: Int?
  /// Any of these ends a generation.
  public var endOfText: [Int]
  /// Jinja text, as the source had it.
  public var chatTemplate: String?

  public init(beginOfText: Int? = nil, endOfText: [Int] = [], chatTemplate: String? = nil) {
    self.beginOfText = beginOfText
    self.endOfText = endOfText
    self.chatTemplate = chatTemplate
  }
}

/// One file of the artifact.
public struct FileRecord: Equatable, Sendable {
  /// Relative to the artifact directory.
  public var path: String
  public var digest: FileDigest
  /// The tensors, in the order of their bytes; empty for a file that is not safetensors.
  public var tensors: [TensorRecord]

  public init(path: String, digest: FileDigest, tensors: [TensorRecord] = []) {
    self.path = path
    self.digest = digest
    self.tensors = tensors
  }

  /// Byte by byte: Swift compares strings as Unicode does, which another reader would not.
  static func inPathOrder(_ first: Self, _ second: Self) -> Bool {
    first.path.utf8.lexicographicallyPrecedes(second.path.utf8)
  }
}

/// One step of how the artifact came to be. No times: the same inputs give the same bytes.
public struct ProvenanceStep: Equatable, Sendable {
  public struct Input: Equatable, Sendable {
    /// File name without its directory.
    public var name: String
    public var digest: FileDigest

    public init(name: String, digest: FileDigest) {
      self.name = name
      self.digest = digest
    }
  }

  /// The command, as in "import" or "exits add".
  public var step: String
  /// Name and version of the tool.
  public var tool: String
  public var inputs: [Input]
  public var settings: [(name: String, value: String)]

  public init(step: String, inputs: [Input], settings: [(name: String, value: String)] = []) {
    self.step = step
    self.tool = "cleave \(CleaveVersion.text)"
    self.inputs = inputs
    self.settings = settings
  }

  public static func == (left: Self, right: Self) -> Bool { left.json.text() == right.json.text() }
}

public enum CleaveVersion {
  public static let text = "0.1.0"
}

extension Manifest {
  /// Bytes of keys and values that its blocks keep; on the edge those of tails too, which a model that
  /// runs whole leaves aside.
  public var kvBytes: KVBytes {
    let tails = role == .edge ? exits.flatMap { $0.tailAttention(in: configuration) } : []
    return configuration.kvBytes(blocks.map(configuration.attention(ofBlock:)) + tails)
  }
}
