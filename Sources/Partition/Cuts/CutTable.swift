import CleaveModel
import CleaveRuntime
import CleaveStorage

/// What a cut after each of a model's blocks costs: `cleave inspect --cuts`.
package struct CutTable: Equatable, Sendable {
  /// One side of a cut.
  package struct Side: Equatable, Sendable {
    package let weightBytes: Int
    /// The keys and values, and the states, that the side's blocks keep.
    package let kv: KVBytes
  }

  /// A cut that leaves `depth` blocks to the edge.
  package struct Cut: Equatable, Sendable {
    package let depth: Int
    /// Whether the model has an exit there.
    package let hasExit: Bool
    /// What is wrong with it; nil where it is legal.
    package let fault: CutFault?
    /// The edge with its blocks alone, without exits' bodies and tails.
    package let edge: Side
    package let cloud: Side
  }

  /// What else the cloud needs besides its blocks and the hidden states.
  package enum Need: String, CaseIterable, Sendable {
    /// The embedding, which is the model's unembedding too.
    case embeddingAsHead = "embedding table, which is the head too"
    /// The final norm and the unembedding.
    case head = "final norm and head"
  }

  /// Every depth from none of the blocks to all of them.
  package let cuts: [Cut]
  /// Bytes of one position's upload by encoding, without compression; the same at every depth.
  package let upload: [(format: StatesEncoding.Format, bytes: Int)]
  package let cloudNeeds: [Need]

  /// - Throws: `InputError` if the artifact is no whole model.
  package init(_ artifact: Artifact) throws {
    try artifact.require(role: .model)
    let manifest = artifact.manifest
    let configuration = manifest.configuration
    upload = (StatesEncoding.Format.ofStates + [.tokens]).map {
      ($0, StatesCodec($0, hiddenSize: configuration.hiddenSize).positionBytes)
    }
    cloudNeeds = configuration.tiedEmbeddings ? [.head, .embeddingAsHead] : [.head]
    cuts = (0...configuration.blockCount).map { depth in
      Cut(
        depth: depth, hasExit: manifest.exits.contains { $0.depth == depth },
        fault: manifest.cutFault(at: depth),
        edge: Self.side(manifest, 0..<depth, needsEmbedding: true),
        cloud: Self.side(
          manifest, depth..<configuration.blockCount, needsEmbedding: configuration.tiedEmbeddings))
    }
  }

  /// Both sides have the head: the edge's exits answer with it.
  private static func side(
    _ manifest: Manifest, _ blocks: Range<Int>, needsEmbedding: Bool
  ) -> Side {
    let files =
      blocks.map(ArtifactLayout.block) + [ArtifactLayout.head]
      + (needsEmbedding ? [ArtifactLayout.embedding] : [])
    return Side(
      weightBytes: files.reduce(0) { $0 + (manifest.file($1)?.digest.bytes ?? 0) },
      kv: manifest.configuration.kvBytes(blocks.map(manifest.configuration.attention(ofBlock:))))
  }

  package static func == (one: Self, other: Self) -> Bool {
    one.cuts == other.cuts && one.cloudNeeds == other.cloudNeeds
      && one.upload.elementsEqual(other.upload) { $0 == $1 }
  }
}

extension CutTable {
  package var json: JSON {
    [
      "upload_bytes_per_token": .object(
        JSONObject(upload.map { ($0.format.rawValue, .integer(Int64($0.bytes))) })),
      "cloud_needs": .array(cloudNeeds.map { .string($0.rawValue) }),
      "cuts": .array(cuts.map(\.json)),
    ]
  }
}

extension CutTable.Cut {
  fileprivate var json: JSON {
    [
      "depth": .integer(Int64(depth)), "legal": .bool(fault == nil),
      "reason": fault.map { .string($0.reason) } ?? .null, "exit": .bool(hasExit),
      "edge": edge.json, "cloud": cloud.json,
    ]
  }
}

extension CutTable.Side {
  fileprivate var json: JSON {
    var object = JSONObject([
      (name: "weight_bytes", value: .integer(Int64(weightBytes))),
      (name: "kv_bytes_per_token", value: .integer(Int64(kv.all))),
    ])
    if let window = kv.window {
      object["kv_window"] = .integer(Int64(window))
      object["kv_bytes_per_token_beyond_window"] = .integer(Int64(kv.perToken))
    }
    if kv.fixed > 0 { object["bytes_of_states"] = .integer(Int64(kv.fixed)) }
    return .object(object)
  }
}
