import CleaveModel
import CleaveStorage

/// Checks an artifact's file hashes on background threads while work on the files continues. The
/// new artifact must not be published before the check has finished, because its own hashes would
/// vouch for damaged input.
final class IntegrityCheck: Sendable {
  private let artifact: Artifact
  /// Whether each file is damaged.
  private let tasks: FileTasks<Bool>

  /// Starts checking at once.
  init(_ artifact: Artifact) {
    self.artifact = artifact
    tasks = FilesAtOnce.begin(artifact.manifest.files, threads: FilesAtOnce.read) {
      try artifact.isDamaged($0)
    }
  }

  /// Waits for the check to finish.
  ///
  /// - Throws: `InputError` if a file does not have the hash in the manifest.
  func finish() throws {
    for (file, isDamaged) in zip(artifact.manifest.files, try tasks.finish()) where isDamaged {
      throw InputError(
        file: "\(artifact.path)/\(file.path)",
        found: "other bytes than the manifest's SHA-256",
        expected: "the file as it was written", advice: "Make the artifact again.")
    }
  }
}
