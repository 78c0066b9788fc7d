import CleaveModel

/// `cleave quantize`: a model artifact into one of other weight types, a slab of rows in memory at a
/// time. Norms, tokenizer and exits are taken over.
public struct Quantizer {
  public let source: String
  public let target: String
  public let settings: QuantizationSettings
  public var force = false
  /// Threads to compute with; nil for one on each processor.
  public var threads: Int?
  /// Called with the bytes handled so far and in all.
  public var progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }

  public init(source: String, target: String, settings: QuantizationSettings) {
    self.source = source
    self.target = target
    self.settings = settings
  }

  /// What `run` would do. Checks everything but the weights' bytes, and writes nothing.
  public static func plan(
    source: String, settings: QuantizationSettings
  ) throws -> QuantizationPlan {
    try prepare(source: source, settings: settings).plan
  }

  public func run() throws -> (manifest: Manifest, plan: QuantizationPlan) {
    let (artifact, plan, importance) = try Self.prepare(source: source, settings: settings)
    let writer = try ArtifactWriter(target: target, sources: [source], force: force)
    let threads = try KernelThreads(threads)
    let total = artifact.manifest.totalBytes + plan.entries.reduce(0) { $0 + sourceBytes($1) }
    nonisolated(unsafe) var done = 0
    nonisolated(unsafe) let progress = progress
    // Everything happens in this call, one piece after another.
    let advance: @Sendable (Int) -> Void = { bytes in
      done += bytes
      progress(done, total)
    }
    try refuseDamage(of: artifact, advance: advance)
    for file in artifact.manifest.files {
      let entries = plan.entries(in: file.path)
      if entries.allSatisfy(\.isCopied) {
        try writer.link(file.path, from: artifact)
      } else {
        let tensors = try artifact.tensors(in: file.path)
        try writer.write(
          entries.map {
            try weightSource($0, tensors, importance, artifact, threads, advance)
          }, to: file.path)
      }
      // The others have said so themselves.
      advance(entries.filter(\.isCopied).reduce(0) { $0 + sourceBytes($1) })
    }
    return (try writer.finish(manifest(of: artifact, importance, writer.files)), plan)
  }

  /// The plan on the opened artifact, and what the importance file says.
  private static func prepare(
    source: String, settings: QuantizationSettings
  ) throws -> (Artifact, plan: QuantizationPlan, ImportanceFile?) {
    let artifact = try Artifact(opening: source)
    guard artifact.manifest.role == .model else {
      throw InputError(
        file: source, place: "role", found: artifact.manifest.role.rawValue, expected: "model",
        advice: "Quantize the model that the bundle was cut from, then run `cleave partition`.")
    }
    let plan = try QuantizationPlan(artifact, settings: settings)
    guard let path = settings.importance else { return (artifact, plan, nil) }
    guard settings.effort == .search else {
      throw InputError(
        file: path, found: "--effort plain, which asks for no importance",
        expected: "--effort search beside --imatrix")
    }
    let importance = try ImportanceFile(path: path)
    try importance.check(against: artifact, plan: plan)
    return (artifact, plan, importance)
  }

  private func sourceBytes(_ entry: QuantizationPlan.Entry) -> Int {
    TensorShape.byteCount(entry.shape, type: entry.source) ?? 0
  }

  /// The new artifact's hashes would vouch for whatever was read.
  private func refuseDamage(of artifact: Artifact, advance: (Int) -> Void) throws {
    guard let damaged = try artifact.damagedFiles(progress: advance).first else { return }
    throw InputError(
      file: "\(artifact.path)/\(damaged)", found: "other bytes than the manifest's SHA-256 says",
      expected: "the file as it was written", advice: "Make the artifact again.")
  }

  private func weightSource(
    _ entry: QuantizationPlan.Entry, _ tensors: [String: Tensor], _ importance: ImportanceFile?,
    _ artifact: Artifact, _ threads: KernelThreads, _ advance: @escaping @Sendable (Int) -> Void
  ) throws -> WeightSource {
    guard let tensor = tensors[entry.name] else {
      throw InputError(
        file: artifact.path, place: entry.file, found: "no \(entry.name)", expected: "it")
    }
    guard !entry.isCopied else { return WeightSource(tensor, name: entry.name) }
    return TensorQuantization(
      tensor: tensor, type: entry.type, effort: settings.effort,
      importance: try importance?.importance(of: entry.name), threads: threads
    ).source(advance: advance)
  }

  private func manifest(
    of artifact: Artifact, _ importance: ImportanceFile?, _ files: [FileRecord]
  ) throws -> Manifest {
    var manifest = artifact.manifest
    manifest.modelID = ModelIdentity.id(configuration: manifest.configuration, files: files)
    for index in manifest.exits.indices { manifest.exits[index].calibrated = false }
    manifest.provenance.append(try step(on: artifact, importance))
    return manifest
  }

  private func step(
    on artifact: Artifact, _ importance: ImportanceFile?
  ) throws -> ProvenanceStep {
    var inputs = [
      ProvenanceStep.Input(name: ArtifactLayout.manifest, digest: try artifact.manifestDigest())
    ]
    if let importance {
      inputs.append(.init(name: FileSystem.name(of: importance.path), digest: importance.digest))
    }
    var values = [
      (name: "recipe", value: settings.recipe.rawValue),
      (name: "effort", value: settings.effort.rawValue),
      (name: "allow_requantize", value: "\(settings.allowRequantize)"),
    ]
    for (index, override) in settings.overrides.enumerated() {
      values.append((name: "tensor_\(index)", value: override.text))
    }
    if let exits = settings.exits { values.append((name: "exits", value: exits.rawValue)) }
    return ProvenanceStep(step: "quantize", inputs: inputs, settings: values)
  }
}
