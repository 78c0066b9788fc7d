import CleaveConvert
import CleaveModel
import CleaveStorage
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
    try manifest(exits: depths.map { ExitRecord(depth: $0, threshold: 0.9) })
  }

  /// With exits of any kind, their weights in Q8_0 and F32.
  static func manifest(exits: [ExitRecord]) throws -> Manifest {
    let scratch = try Scratch()
    var manifest = try make(in: scratch).manifest
    for exit in exits {
      manifest.exits.append(exit)
      manifest.files.append(
        FileRecord(
          path: exit.path, digest: FileDigest(bytes: 384, sha256: manifest.modelID),
          tensors: exit.weights(in: manifest.configuration).map {
            TensorRecord(
              name: exit.name(of: $0), type: $0.isVector ? .f32 : .q8_0,
              shape: $0.shape(in: manifest.configuration))
          }))
    }
    manifest.files.sort { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    return manifest
  }
}
