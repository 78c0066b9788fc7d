import CleaveModel

/// An edge bundle, opened for running: blocks cut at the exits, mapped weights, shared by sessions.
public final class EdgeModel: Sendable {
  public let manifest: Manifest
  let embedding: Embedding
  /// Blocks up to exit 1, then those between each exit and the next.
  let stacks: [BlockStack]
  let exits: [ExitHead]
  let unembedding: Unembedding

  public init(_ artifact: Artifact) throws {
    try artifact.require(role: .edge)
    manifest = artifact.manifest
    embedding = try Embedding(artifact)
    let cuts = [0] + manifest.exits.map(\.depth)
    stacks = try zip(cuts, cuts.dropFirst()).map { try BlockStack(artifact, blocks: $0..<$1) }
    exits = try manifest.exits.map { try ExitHead($0, artifact) }
    unembedding = try Unembedding(artifact)
  }
}

/// An exit with its weights.
struct ExitHead: Sendable {
  let record: ExitRecord
  let norm: [Float]  // [hidden]

  init(_ record: ExitRecord, _ artifact: Artifact) throws {
    self.record = record
    norm = try artifact.tensors(in: record.path).required(record.normName, in: record.path).floats()
  }
}
