import CleaveModel
import CleaveStorage
import Dispatch

/// Hashes an artifact's files while work on them goes on: the new artifact's hashes would vouch for
/// whatever was read, so nothing may be placed before this is done.
final class DamageCheck: @unchecked Sendable {
  private let artifact: Artifact
  private let group = DispatchGroup()
  // Written before the group is left, read after it was waited for: one for each file.
  private var outcomes: [Result<Bool, any Error>]

  /// Begins at once, on threads of its own.
  init(_ artifact: Artifact) {
    self.artifact = artifact
    outcomes = artifact.manifest.files.map { _ in .success(true) }
    DispatchQueue.global().async(group: group) { [self] in hash() }
  }

  private func hash() {
    let files = artifact.manifest.files
    outcomes.withUnsafeMutableBufferPointer { outcomes in
      nonisolated(unsafe) let outcomes = outcomes
      DispatchQueue.concurrentPerform(iterations: files.count) { index in
        outcomes[index] = Result { try artifact.isDamaged(files[index]) }
      }
    }
  }

  /// Waits for the end.
  ///
  /// - Throws: `InputError` when a file's bytes are not those of the manifest.
  func finish() throws {
    group.wait()
    for (file, outcome) in zip(artifact.manifest.files, outcomes) where try outcome.get() {
      throw InputError(
        file: "\(artifact.path)/\(file.path)",
        found: "other bytes than the manifest's SHA-256 says",
        expected: "the file as it was written", advice: "Make the artifact again.")
    }
  }
}
