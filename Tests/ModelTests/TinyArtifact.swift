import CleaveConvert
import CleaveModel
import TestSupport

/// Artifacts made from the tiny goldens.
enum TinyArtifact {
  /// `tiny-tied.q8_0.gguf`: 6 blocks, tied, quantized.
  static let source = Golden.path("tiny-tied-bf16-sharded/tiny-tied.q8_0.gguf")

  static func make(in scratch: Scratch, _ name: String = "artifact") throws -> Artifact {
    _ = try Importer(source: source, target: scratch(name)).run()
    return try Artifact(opening: scratch(name))
  }

  /// The manifest of such an artifact, with exits as `exits add` writes them.
  static func manifest(exits depths: [Int] = []) throws -> Manifest {
    let scratch = try Scratch()
    var manifest = try make(in: scratch).manifest
    for depth in depths {
      let exit = ExitRecord(depth: depth, threshold: 0.9)
      manifest.exits.append(exit)
      manifest.files.append(
        FileRecord(
          path: exit.path, digest: FileDigest(bytes: 384, sha256: manifest.modelID),
          tensors: [
            TensorRecord(
              name: exit.normName, type: .f32, shape: [manifest.configuration.hiddenSize])
          ]))
    }
    manifest.files.sort { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    return manifest
  }
}
