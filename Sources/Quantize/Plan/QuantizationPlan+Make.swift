import CleaveModel
import CleaveStorage

extension QuantizationPlan {
  /// Makes the plan for an artifact.
  ///
  /// - Parameter allocation: the allocated types, for settings with a number of bits; without it,
  ///   matrices to allocate keep their type.
  /// - Throws: `InputError` for a pattern that matches no matrix, and for blocks that would be
  ///   rounded again without permission.
  package init(
    _ artifact: Artifact, settings: QuantizationSettings, allocation: Allocation? = nil
  ) throws {
    let manifest = artifact.manifest
    let weights = Self.weights(of: manifest)
    let chosen = try Self.choose(weights, manifest, settings, allocation)
    let entries = zip(weights, chosen).map { weight, choice in
      Entry(
        name: weight.record.name, file: weight.file, shape: weight.record.shape,
        source: weight.record.type, wanted: choice.type,
        type: weight.name.staysFloat
          ? choice.type
          : choice.type.fitting(
            rowElements: weight.record.shape.last ?? 1, source: weight.record.type),
        reason: choice.reason)
    }
    try Self.refuseRequantization(entries, artifact, settings)
    self.init(
      entries: entries, notes: Self.notes(manifest.exits),
      sizes: Sizes(entries, manifest))
  }

  private typealias Weight = (name: WeightName, file: String, record: TensorRecord)

  /// The weights of the whole model with their records in the manifest, which has been checked.
  private static func weights(of manifest: Manifest) -> [Weight] {
    let names = Dictionary(
      uniqueKeysWithValues: WeightName.all(in: manifest.configuration).map { ($0.text, $0) })
    let found = manifest.files.flatMap { file in
      file.tensors.compactMap { record in names[record.name].map { ($0, (file.path, record)) } }
    }
    let records = Dictionary(uniqueKeysWithValues: found)
    return WeightName.all(in: manifest.configuration).compactMap { name in
      records[name].map { (name, $0.0, $0.1) }
    }
  }

  private static func choose(
    _ weights: [Weight], _ manifest: Manifest, _ settings: QuantizationSettings,
    _ allocation: Allocation?
  ) throws -> [(type: TensorType, reason: TypeReason)] {
    let tied = manifest.configuration.tiedEmbeddings
    let allocated = allocation?.types ?? [:]
    var choices: [(type: TensorType, reason: TypeReason)] = weights.map { weight in
      if weight.name.staysFloat { return (weight.record.type, .norm) }
      switch settings.goal {
      case .recipe(let recipe): return recipe.choice(for: weight.name, tied: tied)
      case .bitsPerWeight:
        return (allocated[weight.record.name] ?? weight.record.type, .allocated)
      }
    }
    for override in settings.overrides {
      for index in try matrices(of: override, weights) {
        choices[index] = (override.type, .override(override.pattern))
      }
    }
    return choices
  }

  /// The indices of the matrices whose names match the pattern.
  private static func matrices(
    of override: TensorOverride, _ weights: [Weight]
  ) throws -> [Int] {
    let matching = weights.indices.filter { override.matches(weights[$0].record.name) }
    let matrices = matching.filter { !weights[$0].name.staysFloat }
    guard !matrices.isEmpty else {
      throw SettingError(
        .tensorOverride, value: override.text,
        found: matching.isEmpty
          ? "no tensor of such a name" : "only norms and the like of such names",
        expected: "a pattern found in the name of a matrix, as in blocks.0.attention.query.weight",
        advice:
          "`cleave inspect MODEL --tensors` lists them; norms, biases and routers stay as they are."
      )
    }
    return matrices
  }

  private static func refuseRequantization(
    _ entries: [Entry], _ artifact: Artifact, _ settings: QuantizationSettings
  ) throws {
    guard !settings.allowRequantize else { return }
    // A type that is still to be allocated may be any type.
    for entry in entries
    where entry.source.isQuantized && (!entry.isCopied || entry.reason == .allocated) {
      throw InputError(
        file: artifact.path, location: entry.name, found: entry.source.rawValue,
        expected: entry.reason == .allocated
          ? "a float type" : "a float type, to be made \(entry.type.rawValue)",
        advice: "Rounding twice loses more than rounding once: start from the float checkpoint, "
          + "or say --allow-requantize.")
    }
  }

  private static func notes(_ exits: [ExitRecord]) -> [String] {
    guard exits.contains(where: \.calibrated) else { return [] }
    return ["the exits were calibrated on the weights before: they count as not calibrated now"]
  }
}

extension QuantizationPlan.Sizes {
  init(_ entries: [QuantizationPlan.Entry], _ manifest: Manifest) {
    let files = Dictionary(grouping: entries, by: \.file)
    let unembedding = entries.unembedding(in: manifest.configuration)
    // Files that are not in the plan (tokenizer, exits) are copied.
    func bytes(_ path: String) -> Int {
      if path == ArtifactLayout.exitVocabulary, let vocabulary = manifest.exitVocabulary,
        let unembedding
      {
        let bias = entries.first { $0.name == WeightName.headBias.text }?.type ?? .f32
        return SafetensorsFile.byteCount(
          of: vocabulary.tensors(in: manifest.configuration).map { name, shape in
            TensorRecord(
              name: name, type: shape.count > 1 ? unembedding.type : bias, shape: shape)
          })
      }
      return files[path].map { SafetensorsFile.byteCount(of: $0.map(\.record)) }
        ?? manifest.file(path)?.digest.bytes ?? 0
    }
    func total(_ role: Manifest.Role, _ blocks: Range<Int>) -> Int {
      var part = manifest
      part.role = role
      part.blocks = blocks
      if role == .cloud { (part.exits, part.exitVocabulary) = ([], nil) }
      return part.expectedFiles.reduce(0) { $0 + bytes($1.path) }
    }
    let exits = manifest.exits
    let count = manifest.configuration.blockCount
    self.init(
      model: total(.model, 0..<count),
      edge: exits.isEmpty ? nil : total(.edge, exits.edgeBlocks),
      cloud: exits.first.map { total(.cloud, $0.depth..<count) })
  }
}
