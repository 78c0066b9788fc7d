import ArgumentParser
import CleaveModel
import CleavePartition
import CleaveStorage

/// `cleave partition --tiers`.
extension PartitionCommand {
  func givenTiers() throws -> [Tier]? {
    try tiers?.split(separator: ",", omittingEmptySubsequences: false).map {
      guard let tier = Tier($0) else {
        throw ValidationError(
          "--tiers: \"\($0)\"; expected NAME:FIRST..END, the name of letters, digits, - and _")
      }
      return tier
    }
  }

  func cut(into tiers: [Tier], _ out: String) throws {
    var partitioner = TierPartitioner(source: model, tiers: tiers, target: out)
    partitioner.force = outputOptions.force
    let bundles = zip(tiers, try partitioner.run()).map { (partitioner.path(of: $0), $1) }
    guard !outputOptions.json else {
      return try Terminal.print(JSON.array(bundles.map(tierJSON)).text())
    }
    try Terminal.print(
      table(
        [["bundle", "role", "exits", "blocks", "held", "bytes", "KV bytes/token"]]
          + bundles.map { path, manifest in
            var row = row(path, manifest)
            let exits = manifest.exits.map { "\($0.depth)" }.joined(separator: ", ")
            row.insert(contentsOf: [manifest.role.rawValue, exits.isEmpty ? "-" : exits], at: 1)
            return row
          }))
  }

  private func tierJSON(_ path: String, _ manifest: Manifest) -> JSON {
    guard case .object(var object) = json(path, manifest) else { return .null }
    object["role"] = .string(manifest.role.rawValue)
    object["exits"] = .array(manifest.exits.map { .integer(Int64($0.depth)) })
    return .object(object)
  }
}
