import CleaveModel

/// `cleave exits add`: gives a model untrained exits. Each is a copy of the final norm before the
/// shared unembedding: the plain lens, and the starting point of training.
public struct ExitAttachment {
  public let source: String
  public let target: String
  /// Blocks before each exit.
  public let depths: [Int]
  /// Written into each exit; above 1 switches it off.
  public let threshold: Double
  public var force = false

  public init(source: String, target: String, depths: [Int], threshold: Double) {
    self.source = source
    self.target = target
    self.depths = depths
    self.threshold = threshold
  }

  public func run() throws -> Manifest {
    let artifact = try Artifact(opening: source)
    try artifact.require(role: .model)
    try validate(against: artifact.manifest)
    let writer = try ArtifactWriter(target: target, sources: [source], force: force)
    for file in artifact.manifest.files { try writer.link(file.path, from: artifact) }

    let norm = try finalNorm(of: artifact)
    var manifest = artifact.manifest
    for depth in depths {
      let exit = ExitRecord(depth: depth, threshold: threshold)
      try writer.write([WeightSource(norm, name: exit.normName)], to: exit.path)
      manifest.exits.append(exit)
    }
    manifest.exits.sort { $0.depth < $1.depth }
    manifest.provenance.append(try step(on: artifact))
    return try writer.finish(manifest)
  }

  private func validate(against manifest: Manifest) throws {
    func refuse(_ found: String, _ expected: String) -> InputError {
      InputError(file: source, place: "exits", found: found, expected: expected)
    }
    let count = manifest.configuration.blockCount
    guard !depths.isEmpty else { throw refuse("no depths", "at least one") }
    for depth in depths where !(1..<count).contains(depth) {
      throw refuse("depth \(depth)", "from 1 to \(count - 1), blocks before the exit")
    }
    let all = (depths + manifest.exits.map(\.depth)).sorted()
    if let twice = zip(all, all.dropFirst()).first(where: { $0 == $1 }) {
      throw refuse("two exits at depth \(twice.0)", "one exit at a depth")
    }
    guard threshold >= 0, threshold.isFinite else {
      throw refuse("threshold \(threshold)", "a number of at least 0")
    }
  }

  private func finalNorm(of artifact: Artifact) throws -> Tensor {
    guard let norm = try artifact.tensors(in: ArtifactLayout.head)[WeightName.finalNorm.text] else {
      throw InputError(
        file: source, place: ArtifactLayout.head, found: "no final norm", expected: "it")
    }
    return norm
  }

  private func step(on artifact: Artifact) throws -> ProvenanceStep {
    ProvenanceStep(
      step: "exits add",
      inputs: [
        .init(name: ArtifactLayout.manifest, digest: try artifact.manifestDigest())
      ],
      settings: [
        ("at", depths.map(String.init).joined(separator: ",")), ("threshold", "\(threshold)"),
      ])
  }
}
