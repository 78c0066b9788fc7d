/// The contents of `manifest.json`. specs/artifact.md is its specification.
package struct Manifest: Equatable, Sendable {
  /// The part of a model that an artifact holds.
  package enum Role: String, CaseIterable, Sendable {
    /// A whole model.
    case model
    /// The edge bundle: the first blocks, the exits, the tokenizer.
    case edge
    /// The bundle of a tier between: blocks from the first exit of the tier before on, and exits of its own.
    case middle
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
  /// The vocabulary of exits that do not read the whole unembedding; nil where all do.
  package var exitVocabulary: ExitVocabularyRecord?
  /// The calibration of the exits' thresholds; nil where they were set by hand, and in a cloud bundle.
  package var calibration: CalibrationRecord?
  package var provenance: [ProvenanceStep]
  /// The files in path order; the manifest itself is not among them.
  package var files: [FileRecord]

  package init(
    role: Role, modelID: String, configuration: ModelConfiguration, tokens: SpecialTokens,
    blocks: Range<Int>, exits: [ExitRecord] = [], exitVocabulary: ExitVocabularyRecord? = nil,
    calibration: CalibrationRecord? = nil, provenance: [ProvenanceStep], files: [FileRecord] = []
  ) {
    self.role = role
    self.modelID = modelID
    self.configuration = configuration
    self.tokens = tokens
    self.blocks = blocks
    self.exits = exits
    self.exitVocabulary = exitVocabulary
    self.calibration = calibration
    self.provenance = provenance
    self.files = files
  }

  package func file(_ path: String) -> FileRecord? { files.first { $0.path == path } }

  /// Bytes of all files except the manifest.
  package var totalBytes: Int { files.reduce(0) { $0 + $1.digest.bytes } }
}

extension Manifest {
  /// The memory of keys and values that the blocks keep; in the bundle of a tier with exits also those of tails, which a
  /// model that runs whole does not use.
  package var kvBytes: KVBytes {
    let tails =
      role == .edge || role == .middle ? exits.flatMap { $0.tailAttention(in: configuration) } : []
    return configuration.kvBytes(blocks.map(configuration.attention(ofBlock:)) + tails)
  }
}
