import CleaveModel
import Dispatch

/// Hashes an artifact's files while work on them goes on: the new artifact's hashes would vouch for
/// whatever was read, so nothing may be placed before this is done.
final class DamageCheck: @unchecked Sendable {
  private let artifact: Artifact
  private let group = DispatchGroup()
  // Written before the group is left, read after it was waited for.
  private var outcome: Result<[String], any Error> = .success([])

  /// Begins at once, on a thread of its own.
  init(_ artifact: Artifact) {
    self.artifact = artifact
    DispatchQueue.global().async(group: group) { [self] in
      outcome = Result { try artifact.damagedFiles() }
    }
  }

  /// Waits for the end.
  ///
  /// - Throws: `InputError` when a file's bytes are not those of the manifest.
  func finish() throws {
    group.wait()
    guard let damaged = try outcome.get().first else { return }
    throw InputError(
      file: "\(artifact.path)/\(damaged)", found: "other bytes than the manifest's SHA-256 says",
      expected: "the file as it was written", advice: "Make the artifact again.")
  }
}
