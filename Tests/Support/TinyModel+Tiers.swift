import CleaveModel
import CleavePartition

extension TinyModel {
  /// Cuts a model with exits at these depths: tiers t0, t1, ..., whose bundles are returned.
  package static func tiers(
    _ model: Artifact, at depths: [Int], into scratch: Scratch
  ) throws -> [Artifact] {
    let ends = [0] + depths + [model.manifest.configuration.blockCount]
    let tiers = zip(ends, ends.dropFirst()).enumerated().map { index, range in
      Tier(name: "t\(index)", blocks: range.0..<range.1)
    }
    let partitioner = TierPartitioner(source: model.path, tiers: tiers, target: scratch.path)
    _ = try partitioner.run()
    return try tiers.map { try Artifact(opening: partitioner.path(of: $0)) }
  }
}
