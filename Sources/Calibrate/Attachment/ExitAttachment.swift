import CleaveModel
import CleaveStorage

/// `cleave exits add`: gives a model untrained exits. The norm of each is a copy of the final one before
/// the shared unembedding: the plain lens. What a body adds changes nothing yet, but for the blocks of a
/// tail, which are copies of the model's: the starting points of training.
package struct ExitAttachment {
  /// Which of the model's blocks a tail begins as.
  package enum TailStart: String, CaseIterable, Sendable {
    /// Its last: those that speak to the head. Of tails that go on from one another, all together.
    case last
    /// Those that follow on the state the tail reads.
    case next
  }

  package let source: String
  package let target: String
  /// Blocks before each exit.
  package let depths: [Int]
  /// Written into each exit; above 1 switches it off.
  package let threshold: Double
  /// One for all exits, or one for each of the depths.
  package var bodies: [ExitBody] = [.norm]
  /// Every exit after the first goes on from the one before, its tail in place of the model's blocks.
  package var replace = false
  package var tailStart = TailStart.last
  package var force = false

  package init(source: String, target: String, depths: [Int], threshold: Double) {
    self.source = source
    self.target = target
    self.depths = depths
    self.threshold = threshold
  }

  package func run() throws -> Manifest {
    let artifact = try Artifact(opening: source)
    try artifact.require(role: .model)
    var exits = try newExits(in: artifact.manifest)
    let origins = try TailOrigins(exits, tailStart, artifact)
    let configuration = artifact.manifest.configuration
    if configuration.window != nil {
      // A copy attends as what it is a copy of.
      for index in exits.indices where exits[index].body.tailBlocks > 0 {
        exits[index].tailLike = origins.block(0, ofTailAt: exits[index].depth)
      }
    }
    try refuseMixture(exits, configuration)
    let writer = try ArtifactWriter(target: target, sources: [source], force: force)
    // A promise was of the exits as they were: another one changes what answers.
    for file in artifact.manifest.files where file.path != ArtifactLayout.calibration {
      try writer.link(file.path, from: artifact)
    }

    for exit in exits {
      let weights = try InitialWeights(exit, origins: origins, artifact)
      try writer.write(try exit.weights(in: configuration).map(weights.source), to: exit.path)
    }
    var manifest = artifact.manifest
    manifest.calibration = nil
    for index in manifest.exits.indices { manifest.exits[index].calibrated = false }
    manifest.exits = (manifest.exits + exits).sorted { $0.depth < $1.depth }
    manifest.provenance.append(try step(on: artifact))
    return try writer.finish(manifest)
  }

  /// In rising depth, checked.
  private func newExits(in manifest: Manifest) throws -> [ExitRecord] {
    try validateDepths(against: manifest)
    guard threshold >= 0, threshold.isFinite else {
      throw refuse("threshold \(threshold)", "a number of at least 0")
    }
    guard bodies.count == 1 || bodies.count == depths.count else {
      throw refuse("\(bodies.count) bodies", "one, or one for each of the \(depths.count) exits")
    }
    let pairs = depths.indices.map { (depths[$0], bodies[bodies.count == 1 ? 0 : $0]) }
    let exits = pairs.sorted { $0.0 < $1.0 }.enumerated().map { index, pair in
      ExitRecord(
        depth: pair.0, reads: replace && index > 0 ? .previous : .model, body: pair.1,
        threshold: threshold)
    }
    try validateChain(exits, among: manifest.exits)
    return exits
  }

  private func validateDepths(against manifest: Manifest) throws {
    let count = manifest.configuration.blockCount
    guard !depths.isEmpty else { throw refuse("no depths", "at least one") }
    for depth in depths where !(1..<count).contains(depth) {
      throw refuse("depth \(depth)", "from 1 to \(count - 1), blocks before the exit")
    }
    let all = (depths + manifest.exits.map(\.depth)).sorted()
    if let twice = zip(all, all.dropFirst()).first(where: { $0 == $1 }) {
      throw refuse("two exits at depth \(twice.0)", "one exit at a depth")
    }
  }

  /// No exit may come to go on from another than it was made for.
  private func validateChain(_ new: [ExitRecord], among old: [ExitRecord]) throws {
    for exit in new where exit.reads == .previous && exit.body.tailBlocks == 0 {
      throw refuse(
        "the body \(exit.body) at depth \(exit.depth), in place of blocks", "a tail",
        "With --replace, every exit after the first takes the place of blocks.")
    }
    if replace, !old.isEmpty {
      throw refuse("exits already", "a model without, to attach exits that go on from one another")
    }
    for exit in new {
      guard let next = old.first(where: { $0.depth > exit.depth }), next.reads == .previous
      else { continue }
      throw refuse(
        "depth \(exit.depth), before the exit at \(next.depth)",
        "no exit between that one and the exit it goes on from")
    }
  }

  /// A mixture of experts has no feed-forward network to copy.
  private func refuseMixture(
    _ exits: [ExitRecord], _ configuration: ModelConfiguration
  ) throws {
    guard configuration.block.experts != nil,
      let exit = exits.first(where: { $0.body == .mlp })
    else { return }
    throw refuse(
      "the body mlp at depth \(exit.depth), of a mixture of experts", "norm, affine or a tail")
  }

  private func refuse(_ found: String, _ expected: String, _ advice: String? = nil) -> InputError {
    InputError(file: source, location: "exits", found: found, expected: expected, advice: advice)
  }

  private func step(on artifact: Artifact) throws -> ProvenanceStep {
    var settings: [(name: String, value: String)] = [
      ("at", depths.map(String.init).joined(separator: ",")), ("threshold", "\(threshold)"),
      ("body", bodies.map(\.description).joined(separator: ",")), ("replace", "\(replace)"),
    ]
    if bodies.contains(where: { $0.tailBlocks > 0 }) {
      settings.append(("init", tailStart.rawValue))
    }
    return ProvenanceStep(
      step: "exits add",
      inputs: [.init(name: ArtifactLayout.manifest, digest: try artifact.manifestDigest())],
      settings: settings)
  }
}
