import ArgumentParser
import CleaveModel
import CleavePartition
import CleaveStorage

/// The command `cleave partition`.
struct PartitionCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "partition",
    abstract: "Split a model with exits into an edge bundle and a cloud bundle.",
    discussion: """
      The edge bundle holds the blocks up to the last exit that reads the model's hidden states, the \
      exits, the unembedding and the tokenizer. The cloud bundle holds every block after the first exit, \
      and the unembedding; with --cloud-blocks all it holds every block, and edges upload tokens in place \
      of hidden states: 4 bytes for each, for which the cloud computes all blocks. With --tiers there may be \
      more bundles: each tier has the exits in its blocks, and asks the one behind it. Weight files are hard \
      links to those of the model.
      """)

  @Argument(help: "Model artifact with exits.")
  var model: String

  @Option(help: "Directory to write: the edge bundle.")
  var edge: String?

  @Option(help: "Directory to write: the cloud bundle.")
  var cloud: String?

  @Option(
    help: """
      Tiers in place of an edge and a cloud, as in device:0..8,edge:8..20,cloud:20..30: all blocks, cut at \
      depths of exits.
      """)
  var tiers: String?

  @Option(help: "Directory that is there, in which a bundle is written for each of --tiers.")
  var out: String?

  /// The blocks of the cloud bundle.
  enum CloudBlocks: String, ExpressibleByArgument, CaseIterable {
    case rest, all
  }

  @Option(help: "Blocks of the cloud bundle: rest, those after the first exit, or all.")
  var cloudBlocks = CloudBlocks.rest

  @OptionGroup var outputOptions: OutputOptions

  func validate() throws {
    guard tiers != nil || (edge != nil && cloud != nil && out == nil) else {
      throw ValidationError("expected --edge and --cloud, or --tiers and --out")
    }
    guard tiers == nil || (out != nil && edge == nil && cloud == nil && cloudBlocks == .rest) else {
      throw ValidationError(
        "--tiers: expected --out, and none of --edge, --cloud and --cloud-blocks all")
    }
    _ = try givenTiers()
  }

  func run() throws {
    if let tiers = try givenTiers(), let out { return try cut(into: tiers, out) }
    guard let edge, let cloud else { preconditionFailure("checked in validate()") }
    try cut(edge, cloud)
  }

  private func cut(_ edge: String, _ cloud: String) throws {
    var partitioner = Partitioner(source: model, edge: edge, cloud: cloud)
    partitioner.force = outputOptions.force
    partitioner.cloudTakesTokens = cloudBlocks == .all
    let (edgeManifest, cloudManifest, plan) = try partitioner.run()
    if outputOptions.json {
      try Terminal.print(json((edge, edgeManifest), (cloud, cloudManifest), plan).text())
    } else {
      try Terminal.print(
        table([
          ["bundle", "blocks", "held", "bytes", "KV bytes/token"],
          row(edge, edgeManifest), row(cloud, cloudManifest),
        ]))
      try Terminal.print(summary(plan, edgeManifest.exits))
      if let vocabulary = edgeManifest.exitVocabularyText {
        let head =
          edgeManifest.file(ArtifactLayout.head) == nil ? "; the edge holds no other head" : ""
        try Terminal.print("The edge's \(vocabulary)\(head).")
      }
    }
  }

  private func summary(_ plan: SplitPlan, _ exits: [ExitRecord]) -> String {
    let shared =
      plan.shared.isEmpty
      ? "none of them by both"
      : "both hold \(plan.shared.count) of them, "
        + "\(plan.shared.lowerBound)..<\(plan.shared.upperBound)"
        + (plan.cloud.lowerBound > 0 ? ", between the exits" : ", and the edge uploads tokens")
    let tails = exits.tailBlocks
    return "All \(plan.blockCount) blocks are held; \(shared)."
      + (tails > 0 ? " The edge's exits have \(tails) blocks of their own beside." : "")
      + (exits.compactMap(\.feedback).first.map { " To them \($0) come back from the cloud." } ?? "")
  }

  func row(_ path: String, _ manifest: Manifest) -> [String] {
    [
      path, "\(manifest.blocks.lowerBound)..<\(manifest.blocks.upperBound)",
      "\(manifest.blocks.count)", manifest.totalBytes.formattedBytes,
      "\(manifest.kvBytes.all)",
    ]
  }

  private func json(
    _ edge: (path: String, manifest: Manifest), _ cloud: (path: String, manifest: Manifest),
    _ plan: SplitPlan
  ) -> JSON {
    var object = JSONObject([
      ("edge", json(edge.path, edge.manifest)), ("cloud", json(cloud.path, cloud.manifest)),
      ("shared_blocks", .integer(Int64(plan.shared.count))),
      ("model_blocks", .integer(Int64(plan.blockCount))),
    ])
    let manifest = edge.manifest
    if let vocabulary = manifest.exitVocabulary {
      object["exit_vocabulary"] = [
        "tokens": .integer(Int64(vocabulary.count)), "text": .bool(vocabulary.includesText),
        "bytes": .integer(Int64(manifest.exitVocabularyBytes)),
      ]
    }
    return .object(object)
  }

  func json(_ path: String, _ manifest: Manifest) -> JSON {
    [
      "path": .string(path), "first_block": .integer(Int64(manifest.blocks.lowerBound)),
      "blocks": .integer(Int64(manifest.blocks.count)),
      "tail_blocks": .integer(Int64(manifest.exits.tailBlocks)),
      "feedback": manifest.exits.compactMap(\.feedback).first?.json ?? .null,
      "bytes": .integer(Int64(manifest.totalBytes)),
      "kv_bytes_per_token": .integer(Int64(manifest.kvBytes.all)),
      "kv_bytes_per_token_beyond_window": .integer(Int64(manifest.kvBytes.perToken)),
      "state_bytes": .integer(Int64(manifest.kvBytes.fixed)),
      "kv_window": manifest.kvBytes.window.map { .integer(Int64($0)) } ?? .null,
    ]
  }
}
