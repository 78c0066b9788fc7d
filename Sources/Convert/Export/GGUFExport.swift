import CleaveModel
import CleaveStorage

/// Runs `cleave export gguf`: writes an artifact as one GGUF file for llama.cpp.
///
/// The file holds the whole model, or the edge alone up to one of its exits: a model of that many
/// blocks whose final norm is the exit's norm. Quantized blocks are copied bit by bit.
package struct GGUFExport {
  package let source: String
  package let target: String
  /// The depth of the exit at which the exported model ends; nil for the whole model.
  package var exit: Int?
  package var force = false
  /// Called with the number of bytes written so far and the total.
  package var progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }

  package init(source: String, target: String) {
    self.source = source
    self.target = target
  }

  /// A summary of the written file.
  package struct Result: Sendable {
    package let modelID: String
    package let exit: Int?
    package let blocks: Int
    package let tensors: Int
    package let digest: FileDigest
    /// Notes for the user about what the format cannot express.
    package let notes: [String]
  }

  /// Exports the artifact.
  ///
  /// - Throws: `InputError` if the artifact cannot be expressed as GGUF, `OutputError` if the file
  ///   cannot be written.
  package func run() throws -> Result {
    let artifact = try Artifact(opening: source)
    let contents = try GGUFContents(artifact, exit: exit)
    var writer = GGUFWriter()
    var notes = contents.exported.notes
    writer.tensors = try contents.tensors()
    writer.metadata =
      try contents.metadata(of: writer.tensors, &notes)
      + GGUFTokenizerExport(artifact).metadata(&notes)
    let total = writer.tensorBytes
    var done = 0
    let digest = try StagedOutput.writeFile(
      target, sources: [source], format: .file(replaces: { (try? GGUFFile.isGGUF($0)) == true }),
      force: force
    ) { sink in
      try writer.write(to: &sink) {
        done += $0
        progress(done, total)
      }
    }
    return Result(
      modelID: artifact.manifest.modelID, exit: exit, blocks: contents.configuration.blockCount,
      tensors: writer.tensors.count, digest: digest, notes: notes)
  }
}
