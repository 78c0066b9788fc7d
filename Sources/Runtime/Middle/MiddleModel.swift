import CleaveExits
import CleaveModel

/// The bundle of a middle tier, and how its exits answer.
package struct MiddleModel: Sendable {
  let model: EdgeModel
  let policy: ExitPolicy
  let numerics: Numerics

  /// - Parameter thresholds: of the exits, one for each; nil takes those of the bundle.
  package init(
    _ artifact: Artifact, thresholds: [Double]? = nil, numerics: Numerics = .standard
  ) throws {
    model = try EdgeModel(middle: artifact)
    let given = thresholds ?? model.manifest.exits.map(\.threshold)
    precondition(given.count == model.manifest.exits.count, "a threshold for each exit")
    policy = ExitPolicy(thresholds: given, mode: .collaborative)
    self.numerics = numerics
  }

  package var manifest: Manifest { model.manifest }

  /// Bytes that a session of this many positions takes: KV caches, the states that wait, and those that are kept to be
  /// sent again to the tier behind.
  func sessionBytes(positions: Int) -> Int {
    let kinds = model.stacks.flatMap(\.blocks.kinds)
    let shape = KVCacheShape(
      manifest.configuration, numerics, kinds: kinds, reach: StateMemory.standardReach)
    let states = 2 * positions * manifest.configuration.hiddenSize * MemoryLayout<Float>.size
    return shape.bytes(positions: positions) + states
  }
}
