import CleaveModel
import CleaveRuntime
import CleaveStorage
import Synchronization

/// Runs `cleave quantize`: writes a model artifact with other weight types, holding a number of
/// rows in memory at a time. Norms, tokenizer and exits are copied.
package struct Quantizer {
  /// A part of the work, for progress.
  package enum Stage: Sendable {
    /// Measures sensitivities; counted in matrices.
    case sensitivity
    /// Rounds weights; counted in bytes.
    case rounding
    /// Rounds with error feedback; counted in texts run through a block.
    case feedback
  }

  package let source: String
  package let target: String
  package let settings: QuantizationSettings
  package var force = false
  /// The number of threads; nil for one per processor.
  package var threads: Int?
  /// The matrices of a model by the names of their tensors in GGUF, for importance matrices of
  /// llama.cpp; nil for a model that it does not know.
  package var namesInGGUF: @Sendable (ModelConfiguration) -> [String: [WeightName]]? = { _ in nil }
  /// Called with the amount done so far and the total, in units of the stage.
  package var progress: (_ stage: Stage, _ done: Int, _ total: Int) -> Void = { _, _, _ in }

  /// - Parameter target: the artifact to write; ignored by `plan`.
  package init(source: String, target: String, settings: QuantizationSettings) {
    self.source = source
    self.target = target
    self.settings = settings
  }

  /// The plan that `run` would carry out. Checks everything except the weights' bytes, and writes
  /// nothing.
  package func plan() throws -> (plan: QuantizationPlan, allocation: Allocation?) {
    let prepared = try prepare(try ThreadPool(threads: threads))
    return (prepared.plan, prepared.allocation)
  }

  /// Quantizes the model.
  ///
  /// - Returns: the manifest of the new artifact, and the plan and allocation it was made by.
  /// - Throws: `InputError` for settings or input that cannot be used, `OutputError` if the
  ///   artifact cannot be written.
  package func run() throws -> (
    manifest: Manifest, plan: QuantizationPlan, allocation: Allocation?
  ) {
    let pool = try ThreadPool(threads: threads)
    // Checks the target before any work.
    let writer = try ArtifactWriter(target: target, sources: [source], force: force)
    let prepared = try prepare(pool)
    let check = IntegrityCheck(prepared.artifact)
    do {
      if settings.effort == .feedback {
        try feedBack(prepared, pool, into: writer)
      } else {
        try round(prepared, pool, into: writer)
      }
    } catch {
      // Damaged input explains any other error.
      try check.finish()
      throw error
    }
    try check.finish()
    let manifest = try manifest(of: prepared, files: writer.files)
    return (try writer.finish(manifest), prepared.plan, prepared.allocation)
  }

  /// Makes a function that counts bytes of weights and reports progress. Files that are written at once call it by turns.
  private func counter(_ prepared: PreparedQuantization) -> @Sendable (Int) -> Void {
    let total = prepared.plan.entries.reduce(0) { $0 + $1.sourceBytes }
    let counted = Mutex(0)
    nonisolated(unsafe) let progress = progress
    return { bytes in
      counted.withLock { done in
        done += bytes
        progress(.rounding, done, total)
      }
    }
  }

  /// Rounds the matrices of two files at once: the threads of the pool round for one while the other is hashed and written.
  private func round(
    _ prepared: PreparedQuantization, _ pool: ThreadPool, into writer: ArtifactWriter
  ) throws {
    let advance = counter(prepared)
    let files = prepared.artifact.manifest.files.map(\.path)
      .filter { $0 != ArtifactLayout.exitVocabulary }
      .map { (path: $0, entries: prepared.plan.entries(in: $0)) }
    for (path, entries) in files where entries.allSatisfy(\.isCopied) {
      try writer.link(path, from: prepared.artifact)
      advance(entries.reduce(0) { $0 + $1.sourceBytes })
    }
    let changed = files.filter { !$0.entries.allSatisfy(\.isCopied) }
    for batch in FilesAtOnce.batches(changed, of: FilesAtOnce.written) {
      try writer.write(
        batch.map { path, entries in
          let tensors = try prepared.artifact.tensors(in: path)
          return (
            path: path,
            tensors: try entries.map { try weightSource($0, tensors, prepared, pool, advance) }
          )
        })
      // Tensors copied into a new file do not report their bytes themselves.
      advance(
        batch.reduce(0) { $0 + $1.entries.filter(\.isCopied).reduce(0) { $0 + $1.sourceBytes } })
    }
    try writeExitVocabulary(prepared, into: writer)
  }

  private func weightSource(
    _ entry: QuantizationPlan.Entry, _ tensors: [String: Tensor],
    _ prepared: PreparedQuantization, _ pool: ThreadPool,
    _ advance: @escaping @Sendable (Int) -> Void
  ) throws -> WeightSource {
    guard let tensor = tensors[entry.name] else {
      throw InputError(
        file: source, location: entry.file, found: "no tensor \(entry.name)",
        expected: "a \(entry.source.rawValue) tensor of shape \(entry.shape)")
    }
    guard !entry.isCopied else { return WeightSource(tensor, name: entry.name) }
    return TensorQuantization(
      tensor: tensor, type: entry.type, effort: settings.effort,
      importance: try prepared.importance?.importance(of: entry.name), threads: pool
    ).source(advance: advance)
  }

  private func feedBack(
    _ prepared: PreparedQuantization, _ pool: ThreadPool, into writer: ArtifactWriter
  ) throws {
    let (artifact, plan) = (prepared.artifact, prepared.plan)
    let types = plan.entries.filter { !$0.isCopied }.map { ($0.name, $0.type) }
    try FeedbackQuantizer(
      artifact, types: Dictionary(uniqueKeysWithValues: types), texts: prepared.texts,
      settings: .init(), pool: pool, progress: { progress(.feedback, $0, $1) }
    ).run(into: writer)
    for file in artifact.manifest.files
    where plan.entries(in: file.path).isEmpty && file.path != ArtifactLayout.exitVocabulary {
      try writer.link(file.path, from: artifact)
    }
    try writeExitVocabulary(prepared, into: writer)
  }
}

extension QuantizationPlan.Entry {
  var sourceBytes: Int { TensorShape.byteCount(shape, type: source) ?? 0 }
}
