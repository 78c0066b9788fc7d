import CleaveModel
import CleaveStorage

/// Runs `cleave export gguf`: writes an artifact as a GGUF file for llama.cpp, or in parts.
///
/// The file holds the whole model, or the edge alone up to one of its exits: a model of that many
/// blocks whose final norm is the exit's norm. Quantized blocks are copied bit by bit.
package struct GGUFExport {
  package let source: String
  package let target: String
  /// The depth of the exit at which the exported model ends; nil for the whole model.
  package var exit: Int?
  /// The most bytes of a file; larger models are split as llama.cpp's gguf-split does. Nil for one
  /// file of any size.
  package var splitSize: Int?
  package var force = false
  /// Called with the number of bytes written so far and the total.
  package var progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }

  package init(source: String, target: String) {
    self.source = source
    self.target = target
  }

  /// A summary of the written files.
  package struct Result: Sendable {
    package let modelID: String
    package let exit: Int?
    package let blocks: Int
    package let tensors: Int
    package let files: [(path: String, digest: FileDigest)]
    /// Notes for the user about what the format cannot express.
    package let notes: [String]
  }

  /// Exports the artifact.
  ///
  /// - Throws: `InputError` if the artifact cannot be expressed as GGUF, `SettingError` for a split
  ///   size that makes too many parts, `OutputError` if a file cannot be written.
  package func run() throws -> Result {
    let state = SourceState(of: [source])
    let artifact = try Artifact(opening: source)
    let contents = try GGUFContents(artifact, exit: exit)
    var writer = GGUFWriter()
    var notes = contents.exported.notes
    writer.tensors = try contents.tensors()
    writer.metadata =
      try contents.metadata(of: writer.tensors, &notes)
      + GGUFTokenizerExport(artifact).metadata(&notes)
    let parts = try GGUFParts(writer, largest: splitSize)
    return Result(
      modelID: artifact.manifest.modelID, exit: exit, blocks: contents.configuration.blockCount,
      tensors: writer.tensors.count, files: try write(parts, of: state),
      notes: notes + largerNotes(parts))
  }

  /// Writes the files and puts them in place together.
  ///
  /// - Parameter state: the source's, which must not have changed by then.
  private func write(
    _ parts: GGUFParts, of state: SourceState
  ) throws -> [(path: String, digest: FileDigest)] {
    let paths = parts.paths(for: target)
    // Every target is tried before the first is written, but one at a time: an open file for each of a
    // thousand parts is more than a process may have.
    for path in paths.dropFirst() { _ = try stage(path) }
    let total = parts.writers.reduce(0) { $0 + $1.tensorBytes }
    var (done, outputs, digests): (Int, [StagedOutput], [FileDigest]) = (0, [], [])
    for (path, writer) in zip(paths, parts.writers) {
      let output = try stage(path)
      outputs.append(output)
      digests.append(
        try output.write { sink in
          try writer.write(to: &sink) {
            done += $0
            progress(done, total)
          }
        })
    }
    try state.requireUnchanged()
    try StagedOutput.publish(outputs)
    return Array(zip(paths, digests))
  }

  private func stage(_ path: String) throws -> StagedOutput {
    try StagedOutput(
      path, sources: [source], format: .file(replaces: { (try? GGUFFile.isGGUF($0)) == true }),
      force: force)
  }

  /// A note on the parts that hold a single tensor and are still too large.
  private func largerNotes(_ parts: GGUFParts) -> [String] {
    let sizes = parts.writers.map(\.fileBytes)
    guard let splitSize, let largest = sizes.max(), largest > splitSize else { return [] }
    let count = sizes.count { $0 > splitSize }
    return [
      "\(count) of \(sizes.count) files have more than \(splitSize) bytes, the largest \(largest): "
        + "a tensor is never cut"
    ]
  }
}
