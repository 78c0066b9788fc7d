import CleaveModel

/// A cloud bundle, opened for running.
public final class CloudModel: Sendable {
  public let manifest: Manifest
  let stack: BlockStack
  let finalNorm: [Float]  // [hidden]
  let unembedding: Unembedding

  public init(_ artifact: Artifact) throws {
    try artifact.require(role: .cloud)
    manifest = artifact.manifest
    stack = try BlockStack(artifact, blocks: manifest.blocks)
    finalNorm = try CleaveRuntime.finalNorm(of: artifact)
    unembedding = try Unembedding(artifact)
  }
}
