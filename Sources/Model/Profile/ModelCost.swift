import CleaveStorage

/// The seconds and bytes that parts of a model take on a device. Seconds are those of the engine with its standard
/// numerics: int8 activations and a float16 KV cache.
package struct ModelCost: Sendable {
  private let manifest: Manifest
  private let power: DeviceProfile.Power?
  private let trunk: BlockCosts
  private let unembedding: UnembeddingCost?
  private let exits: [ExitCost]

  /// - Parameters:
  ///   - manifest: of a whole model or of a bundle. Parts that it does not hold must not be asked about.
  ///   - threads: with which the device computes.
  /// - Throws: `InputError` when the profile does not say what so many threads cost, or a type of the model.
  package init(_ manifest: Manifest, on profile: DeviceProfile, threads: Int) throws {
    let costs = try ProcessorCosts(profile, threads: threads)
    try Self.checkTypes(of: manifest, profile, costs, threads: threads)
    self.manifest = manifest
    power = profile.power
    let configuration = manifest.configuration
    var trunk = BlockCosts(configuration, on: costs)
    for block in manifest.blocks {
      trunk.append(
        manifest.file(ArtifactLayout.block(block))?.tensors ?? [],
        attention: configuration.attention(ofBlock: block))
    }
    self.trunk = trunk
    let shared = manifest.unembeddingRecord.map {
      UnembeddingCost($0, configuration, on: costs)
    }
    unembedding = shared
    let rows = manifest.file(ArtifactLayout.exitVocabulary)?.tensors.first {
      $0.name == ExitVocabularyRecord.weightName
    }
    let vocabulary = rows.map { UnembeddingCost($0, configuration, on: costs) }
    exits = try manifest.exits.map { exit in
      guard let head = exit.unembedding == .vocabulary ? vocabulary : shared else {
        throw InputError(
          file: exit.path, found: "an exit without its unembedding", expected: "one in the artifact"
        )
      }
      return ExitCost(
        exit, manifest.file(exit.path)?.tensors ?? [], head: head, configuration, on: costs)
    }
  }

  /// Checks that the profile says what every matrix of the model costs.
  private static func checkTypes(
    of manifest: Manifest, _ profile: DeviceProfile, _ costs: ProcessorCosts, threads: Int
  ) throws {
    // Single rows of an embedding are read, which costs nothing beside products.
    let isHead = manifest.configuration.tiedEmbeddings
    for file in manifest.files where isHead || file.path != ArtifactLayout.embedding {
      for tensor in file.tensors
      where tensor.shape.count > 1 && tensor.name != WeightName.positionEmbedding.text
        && !costs.has(tensor.type)
      {
        throw InputError(
          file: profile.name, location: "measured, \(threads) threads",
          found: "no row of \(tensor.type.rawValue), the type of \(tensor.name)",
          expected: "a row for every type of the model's matrices",
          advice: "Measure it: cleave profile --types \(tensor.type.rawValue).")
      }
    }
  }

  // MARK: - Seconds

  /// Seconds of these blocks of the model.
  ///
  /// - Parameters:
  ///   - range: within the artifact's blocks, counted in the whole model.
  ///   - columns: new positions, of one sequence or of many.
  ///   - context: the positions before a new one, in the mean: those that are cached and, in a prompt, half of
  ///     the new ones.
  package func blocks(_ range: Range<Int>, columns: Int, context: Int) -> Double {
    trunk.seconds(inArtifact(range), columns: columns, context: context)
  }

  /// Seconds of an exit: its map and tail for so many positions, and one answer after the last of them. The blocks
  /// that it reads, and a tail before it, are not included.
  package func exit(_ index: Int, columns: Int, context: Int) -> Double {
    exits[index].tail(columns: columns, context: context) + exits[index].readout
      + exits[index].head.seconds(rows: 1)
  }

  /// Seconds of an exit's norm and unembedding for so many rows that are read together.
  package func exitHead(_ index: Int, rows: Int) -> Double {
    exits[index].head.seconds(rows: rows)
  }

  /// Seconds of the final norm and the unembedding for so many rows that are read together.
  package func head(rows: Int) -> Double {
    guard let unembedding else { preconditionFailure("an artifact without a head") }
    return unembedding.seconds(rows: rows)
  }

  /// Joules that the machine draws while it computes for so long; nil where its power is unknown.
  package func energy(seconds: Double) -> Double? { power.map { $0.busyWatts * seconds } }

  // MARK: - Bytes

  /// Bytes of the weights of these blocks.
  package func blockBytes(_ range: Range<Int>) -> Int {
    range.reduce(0) { $0 + bytes(ArtifactLayout.block($1)) }
  }

  /// Bytes of an exit's own weights, without the unembedding that it shares.
  package func exitBytes(_ index: Int) -> Int { bytes(manifest.exits[index].path) }

  /// Bytes of the exit vocabulary's rows, which all exits share that answer with it; 0 without one.
  package func exitVocabularyBytes() -> Int { bytes(ArtifactLayout.exitVocabulary) }

  /// Bytes of the final norm and the unembedding, which may be the embedding.
  package func headBytes() -> Int {
    bytes(ArtifactLayout.head) + (manifest.configuration.tiedEmbeddings ? embeddingBytes() : 0)
  }

  /// Bytes of the embedding.
  package func embeddingBytes() -> Int { bytes(ArtifactLayout.embedding) }

  /// Bytes of the keys and values of so many positions in these blocks, and of their states. The engine keeps all positions, those
  /// that a window leaves behind too.
  package func kvBytes(_ range: Range<Int>, positions: Int) -> Int {
    stateBytes(range.map(manifest.configuration.attention(ofBlock:)), positions: positions)
  }

  private func stateBytes(_ kinds: [AttentionKind], positions: Int) -> Int {
    let configuration = manifest.configuration
    return kinds.reduce(0) {
      $0
        + (configuration.stateMemory($1.mixer, reach: StateMemory.standardReach)?.bytes
          ?? positions * configuration.kvBytesPerBlock)
    }
  }

  /// Bytes of the keys and values of so many positions in an exit's tail.
  package func exitKVBytes(_ index: Int, positions: Int) -> Int {
    stateBytes(
      manifest.exits[index].tailAttention(in: manifest.configuration), positions: positions)
  }

  private func bytes(_ path: String) -> Int { manifest.file(path)?.digest.bytes ?? 0 }

  private func inArtifact(_ range: Range<Int>) -> Range<Int> {
    let first = manifest.blocks.lowerBound
    return range.lowerBound - first..<range.upperBound - first
  }
}

extension Manifest {
  /// The record of the unembedding; nil in an edge bundle without one.
  fileprivate var unembeddingRecord: TensorRecord? {
    let (path, name): (String, WeightName) =
      configuration.tiedEmbeddings
      ? (ArtifactLayout.embedding, .tokenEmbedding) : (ArtifactLayout.head, .head)
    return file(path)?.tensors.first { $0.name == name.text }
  }
}
