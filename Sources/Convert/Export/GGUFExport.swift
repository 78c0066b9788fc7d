import CleaveModel
import CleaveStorage

/// `cleave export gguf`: an artifact as one GGUF file for llama.cpp. The whole model, or the edge alone
/// at one of its exits: a model of as many blocks, whose final norm is the exit's. Quantized blocks
/// keep their bits.
package struct GGUFExport {
  package let source: String
  package let target: String
  /// The exit to end at; nil for the whole model.
  package var exit: Int?
  package var force = false
  /// Called with the bytes written so far and in all.
  package var progress: (_ done: Int, _ total: Int) -> Void = { _, _ in }

  package init(source: String, target: String) {
    self.source = source
    self.target = target
  }

  /// What was written.
  package struct Result: Sendable {
    package let modelID: String
    package let exit: Int?
    package let blocks: Int
    package let tensors: Int
    package let digest: FileDigest
    /// What the format cannot say, for a person to know.
    package let notes: [String]
  }

  package func run() throws -> Result {
    let artifact = try Artifact(opening: source)
    let parts = try GGUFParts(artifact, exit: exit)
    var writer = GGUFWriter()
    var notes: [String] = []
    writer.tensors = try parts.tensors()
    writer.metadata =
      try parts.metadata(of: writer.tensors, &notes)
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
      modelID: artifact.manifest.modelID, exit: exit, blocks: parts.configuration.blockCount,
      tensors: writer.tensors.count, digest: digest, notes: notes)
  }
}
