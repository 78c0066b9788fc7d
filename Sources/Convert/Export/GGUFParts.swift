import CleaveModel

/// Which weights of an artifact go into a GGUF file, and what its metadata says of them: the reverse of
/// `GGUFCheckpoint` and `GGUFConfiguration`.
struct GGUFParts {
  private let artifact: Artifact
  private let exit: ExitRecord?
  /// Where each block comes from: the model, or the tails on the way to the exit.
  private let blocks: [BlockPlace]
  /// Of the model as the file has it: cut at the exit.
  let configuration: ModelConfiguration

  /// - Throws: `InputError` for a role or an exit that there is no such model of.
  init(_ artifact: Artifact, exit depth: Int?) throws {
    self.artifact = artifact
    var configuration = artifact.manifest.configuration
    if let index = try Self.exit(depth, of: artifact) {
      let exits = artifact.manifest.exits
      exit = exits[index]
      blocks = exits.path(to: index)
    } else {
      exit = nil
      blocks = (0..<configuration.blockCount).map { .model($0) }
    }
    configuration.blockCount = blocks.count
    self.configuration = configuration
  }

  /// - Returns: its index.
  private static func exit(_ depth: Int?, of artifact: Artifact) throws -> Int? {
    let manifest = artifact.manifest
    let depths = manifest.exits.map { "\($0.depth)" }.joined(separator: ", ")
    switch (manifest.role, depth) {
    case (.model, nil): return nil
    case (.cloud, _):
      throw InputError(
        file: artifact.path, place: "role", found: "cloud", expected: "model or edge",
        advice: "A cloud bundle has no tokenizer and no first blocks: export the model.")
    case (.edge, nil):
      throw InputError(
        file: artifact.path, place: "role", found: "edge", expected: "an exit to end at",
        advice: "Give --exit, one of \(depths); for all blocks, export the model.")
    case (_, let depth?):
      guard let index = manifest.exits.firstIndex(where: { $0.depth == depth }) else {
        throw InputError(
          file: artifact.path, place: "exits", found: "no exit after \(depth) blocks",
          expected: depths.isEmpty ? "a model with exits" : "one of \(depths)")
      }
      try requireExpressible(manifest.exits[index], of: artifact)
      return index
    }
  }

  /// What an exit does after its blocks must be what a final norm does.
  private static func requireExpressible(_ exit: ExitRecord, of artifact: Artifact) throws {
    switch exit.body {
    case .norm, .tail: return
    case .affine, .mlp:
      throw InputError(
        file: artifact.path, place: "exits", found: "an exit with the body \(exit.body)",
        expected: "norm or tail, which a Llama of llama.cpp has too",
        advice: "Export an exit of another body, or the whole model.")
    }
  }

  // MARK: Metadata

  func metadata(of tensors: [WeightSource]) throws -> [(key: String, value: GGUFWriter.Value)] {
    let architecture = configuration.architecture.rawValue
    func field(_ name: String, _ value: GGUFWriter.Value) -> (key: String, value: GGUFWriter.Value)
    {
      ("\(architecture).\(name)", value)
    }
    func count(_ name: String, _ value: Int) -> (key: String, value: GGUFWriter.Value) {
      field(name, .uint32(UInt32(value)))
    }
    let matrices = tensors.filter { $0.shape.count == 2 }
    var fields = [
      ("general.architecture", .string(architecture)),
      ("general.file_type", .uint32(GGUFFileType(of: matrices).rawValue)),
      ("cleave.model_id", .string(artifact.manifest.modelID)),
      count("vocab_size", configuration.vocabularySize),
      count("context_length", configuration.contextLength),
      count("embedding_length", configuration.hiddenSize),
      count("block_count", configuration.blockCount),
      count("feed_forward_length", configuration.intermediateSize),
      count("attention.head_count", configuration.headCount),
      count("attention.head_count_kv", configuration.kvHeadCount),
      count("attention.key_length", configuration.headDimension),
      count("attention.value_length", configuration.headDimension),
      field("attention.layer_norm_rms_epsilon", .float32(configuration.normEpsilon)),
      count("rope.dimension_count", configuration.headDimension),
      field("rope.freq_base", .float32(try single(configuration.rope.theta, "rope.theta"))),
    ]
    if matrices.contains(where: { $0.type.isQuantized }) {
      fields.append(("general.quantization_version", .uint32(2)))
    }
    if case .linear(let factor) = configuration.rope.scaling {
      fields.append(field("rope.scaling.type", .string("linear")))
      fields.append(
        field("rope.scaling.factor", .float32(try single(factor, "rope.scaling.factor"))))
    }
    if let exit { fields.append(("cleave.exit_depth", .uint32(UInt32(exit.depth)))) }
    return fields
  }

  /// The format has float32 only: another number would be another model.
  private func single(_ value: Double, _ name: String) throws -> Float {
    let rounded = Float(value)
    guard Double(rounded) == value else {
      throw InputError(
        file: artifact.path, place: "configuration.\(name)", found: "\(value)",
        expected: "a number that float32 holds, as GGUF has it")
    }
    return rounded
  }

  // MARK: Tensors

  func tensors() throws -> [WeightSource] {
    var sources: [WeightSource] = []
    if let divisors = ropeDivisors {
      sources.append(.floats(divisors, name: "rope_freqs.weight"))
    }
    var files: [String: [String: Tensor]] = [:]
    for weight in WeightName.all(in: configuration) {
      let (path, name) = place(of: weight)
      if files[path] == nil { files = [path: try artifact.tensors(in: path)] }
      guard let tensor = files[path]?[name] else {
        throw InputError(
          file: "\(artifact.path)/\(path)", place: name, found: "no such tensor", expected: "it")
      }
      sources.append(try source(tensor, for: weight))
    }
    return sources
  }

  /// Where an artifact keeps a weight; an exit's norm stands for the final one, the blocks of tails for
  /// further blocks.
  private func place(of weight: WeightName) -> (path: String, name: String) {
    switch weight {
    case .tokenEmbedding: (ArtifactLayout.embedding, weight.text)
    case .block(let index, let part): place(of: part, in: blocks[index])
    case .finalNorm: exit.map { ($0.path, $0.normName) } ?? (ArtifactLayout.head, weight.text)
    case .head: (ArtifactLayout.head, weight.text)
    }
  }

  private func place(of weight: BlockWeight, in block: BlockPlace) -> (path: String, name: String) {
    switch block {
    case .model(let index):
      return (ArtifactLayout.block(index), WeightName.block(index, weight).text)
    case .tail(let depth, let index):
      let exit = ExitRecord(depth: depth, threshold: 0)
      return (exit.path, exit.name(of: .tail(index, weight)))
    }
  }

  private func source(_ tensor: Tensor, for weight: WeightName) throws -> WeightSource {
    let shape = weight.shape(in: configuration)
    guard tensor.shape == shape else {
      throw InputError(
        file: tensor.file.path, place: tensor.name, found: "shape \(tensor.shape)",
        expected: "\(shape), by the configuration")
    }
    if weight.isNorm { return .floats(try tensor.widened(), name: weight.ggufName) }
    switch weight {
    case .block(_, .query), .block(_, .key):
      // llama.cpp interleaves the two halves that RoPE rotates; whole rows are moved.
      let half = configuration.headDimension / 2
      return WeightSource(tensor, name: weight.ggufName) { row in
        let (head, within) = row.quotientAndRemainder(dividingBy: 2 * half)
        return head * 2 * half + (within % 2) * half + within / 2
      }
    default: return WeightSource(tensor, name: weight.ggufName)
    }
  }

  /// GGUF states Llama 3's scaling by what each frequency is divided by.
  private var ropeDivisors: [Float]? {
    switch configuration.rope.scaling {
    case .none, .linear: return nil
    case .divisors(let divisors): return divisors
    case .llama3:
      let dimension = configuration.headDimension
      let plain = RoPE(theta: configuration.rope.theta).inverseFrequencies(headDimension: dimension)
      let scaled = configuration.rope.inverseFrequencies(headDimension: dimension)
      return zip(plain, scaled).map { plain, scaled in
        let divisor = Float(Double(plain) / Double(scaled))
        // The float32 division that undoes it should hit the frequency, if any divisor does.
        return [divisor, divisor.nextUp, divisor.nextDown].first { plain / $0 == scaled } ?? divisor
      }
    }
  }
}
