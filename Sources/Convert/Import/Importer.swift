import CleaveModel
import CleaveStorage

/// Runs `cleave import`: writes a checkpoint as a model artifact. Weights keep their types and
/// quantized blocks their bits. One tensor of each file that is written is in flight at a time.
package struct Importer {
  package let source: String
  package let target: String
  /// The context length of the artifact, if less than the checkpoint's: LongRoPE chooses its
  /// factors by it.
  package var contextLength: Int?
  /// Whether the chat template is imported. A template that cannot be run is an error.
  package var keepsTemplate = true
  /// The type for weights that a package quantized in a way that no block type holds exactly:
  /// q8_0, f16, bf16 or f32. Without it they are refused.
  package var quantizedType: String?
  package var force = false
  /// Called with the number of bytes handled so far and the total.
  package var progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }

  package init(source: String, target: String) {
    self.source = source
    self.target = target
  }

  /// Imports the checkpoint.
  ///
  /// - Returns: the manifest of the new artifact.
  /// - Throws: `InputError` if the checkpoint is damaged or not supported, `OutputError` if the
  ///   artifact cannot be written.
  package func run() throws -> Manifest {
    let checkpoint = try Self.open(source, keepsTemplate: keepsTemplate)
    let configuration = try configuration(of: checkpoint)
    let quantized = try QuantizedImport(as: quantizedType, scheme: checkpoint.quantization)
    try checkpoint.validateTensors()
    let writer = try ArtifactWriter(target: target, sources: [source], force: force)

    let weights = WeightName.all(in: configuration)
    let inputBytes = try checkpoint.files.reduce(0) { try $0 + MappedFile(path: $1).count }
    // To find the type of a quantized weight all of it is read: once. Other sources are made again
    // when they are written, because one of float64 holds its numbers.
    var found: [WeightName: WeightSource] = [:]
    var weightBytes = 0
    for weight in weights {
      let source = try quantized.source(of: weight, in: checkpoint)
      weightBytes += source.byteCount
      if try checkpoint.quantizedWeight(weight) != nil { found[weight] = source }
    }
    let inputs = InputDigests(of: checkpoint.files)
    defer { inputs.abandon() }
    var written = 0
    func report() { progress(written + inputs.bytes, inputBytes + weightBytes) }

    try checkpoint.tokenizer.write(with: writer)
    for batch in FilesAtOnce.batches(Self.files(of: configuration), of: FilesAtOnce.written) {
      let files = try batch.map { path, names in
        (
          path: path,
          tensors: try names.map { try found[$0] ?? quantized.source(of: $0, in: checkpoint) }
        )
      }
      try writer.write(files)
      written += files.reduce(0) { $0 + $1.tensors.reduce(0) { $0 + $1.byteCount } }
      report()
    }
    let read = try inputs.finish(waiting: report)
    report()
    var manifest = manifest(checkpoint, configuration, inputs: read, files: writer.files)
    manifest.provenance[0].settings += quantized.settings(scheme: checkpoint.quantization)
    return try writer.finish(manifest)
  }

  /// What an import will read, known from headers alone.
  package struct Outline: Sendable {
    /// The files whose contents go into the artifact.
    package let files: [String]
    package let configuration: ModelConfiguration
    fileprivate let tokens: SpecialTokens

    /// The manifest of the artifact as far as headers tell it: without files, and without the identity that follows
    /// from their contents.
    package var manifest: Manifest {
      Manifest(
        role: .model, modelID: "", configuration: configuration, tokens: tokens,
        blocks: 0..<configuration.blockCount, provenance: [])
    }
  }

  /// Opens the checkpoint and checks all that can be checked without reading tensors.
  ///
  /// - Throws: `InputError` if the checkpoint is damaged or not supported, `SettingError` for a setting
  ///   that it cannot be imported with.
  package func outline() throws -> Outline {
    let checkpoint = try Self.open(source, keepsTemplate: keepsTemplate)
    let configuration = try configuration(of: checkpoint)
    _ = try QuantizedImport(as: quantizedType, scheme: checkpoint.quantization)
    try checkpoint.validateTensors()
    return Outline(
      files: checkpoint.files, configuration: configuration, tokens: checkpoint.tokenizer.tokens)
  }

  private func configuration(of checkpoint: any Checkpoint) throws -> ModelConfiguration {
    var configuration = checkpoint.configuration
    guard let contextLength else { return configuration }
    guard (1...configuration.contextLength).contains(contextLength) else {
      throw SettingError(
        .contextLength, found: "\(contextLength)",
        expected: "from 1 to \(configuration.contextLength), the most that the checkpoint serves")
    }
    configuration.contextLength = contextLength
    return configuration
  }

  private func manifest(
    _ checkpoint: any Checkpoint, _ configuration: ModelConfiguration,
    inputs: [ProvenanceStep.Input], files: [FileRecord]
  ) -> Manifest {
    var settings = contextLength.map { [(name: "context", value: "\($0)")] } ?? []
    if !keepsTemplate { settings.append((name: "chat_template", value: "left out")) }
    settings += checkpoint.license?.settings ?? []
    let remarks = checkpoint.remarks + [.longRoPE(of: configuration)].compactMap { $0 }
    settings += remarks.map { (name: $0.name, value: $0.value) }
    return Manifest(
      role: .model, modelID: ModelIdentity.id(configuration: configuration, files: files),
      configuration: configuration, tokens: checkpoint.tokenizer.tokens,
      blocks: 0..<configuration.blockCount,
      provenance: [ProvenanceStep(step: "import", inputs: inputs, settings: settings)])
  }

  /// The weight files and the weights in each.
  private static func files(
    of configuration: ModelConfiguration
  ) -> [(path: String, names: [WeightName])] {
    [(ArtifactLayout.embedding, WeightName.embeddingFile(in: configuration))]
      + (0..<configuration.blockCount).map {
        (ArtifactLayout.block($0), WeightName.block($0, in: configuration))
      }
      + [(ArtifactLayout.head, WeightName.headFile(in: configuration))]
  }

  /// Opens the checkpoint at `source`.
  ///
  /// - Throws: `InputError` if it is neither a Hugging Face directory nor a GGUF file, or is not
  ///   supported.
  static func open(_ source: String, keepsTemplate: Bool = true) throws -> any Checkpoint {
    if FileSystem.isDirectory(source) {
      if try isGGUFDirectory(source) {
        return try GGUFCheckpoint(path: source, keepsTemplate: keepsTemplate)
      }
      guard FileSystem.exists("\(source)/config.json") else {
        throw WeightFiles(in: source).missing("config.json")
      }
      return try HuggingFaceCheckpoint(directory: source, keepsTemplate: keepsTemplate)
    }
    guard try GGUFFile.isGGUF(source) else {
      let kind = FileKind(of: try MappedFile(path: source))
      throw InputError(
        file: source, found: kind?.text ?? "a file that does not begin with \"GGUF\"",
        expected: "a GGUF file or a Hugging Face model directory",
        advice: kind == .safetensors || kind == nil
          ? "For safetensors, give the directory that also holds config.json." : kind?.advice)
    }
    return try GGUFCheckpoint(path: source, keepsTemplate: keepsTemplate)
  }

  /// Whether a directory holds GGUF files and is no Hugging Face directory, which may hold some
  /// beside its own.
  static func isGGUFDirectory(_ path: String) throws -> Bool {
    let names = try FileSystem.entries(of: path)
    let isHuggingFace = names.contains { $0 == "config.json" || $0.hasSuffix(".safetensors") }
    return !isHuggingFace && names.contains(where: GGUFSet.isName)
  }
}

extension SettingError.Setting {
  /// The context length of the artifact.
  package static let contextLength = Self("context length")
}
