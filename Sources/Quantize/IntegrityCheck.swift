import CleaveModel
import CleaveStorage
import Dispatch

/// Checks an artifact's file hashes on background threads while work on the files continues. The
/// new artifact must not be published before the check has finished, because its own hashes would
/// vouch for damaged input.
final class IntegrityCheck: @unchecked Sendable {
  private let artifact: Artifact
  private let group = DispatchGroup()
  // Each outcome is written before the group is left, and read after waiting for the group.
  private var outcomes: [Result<Bool, any Error>]

  /// Starts checking at once.
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

  /// Waits for the check to finish.
  ///
  /// - Throws: `InputError` if a file does not have the hash in the manifest.
  func finish() throws {
    group.wait()
    for (file, outcome) in zip(artifact.manifest.files, outcomes) where try outcome.get() {
      throw InputError(
        file: "\(artifact.path)/\(file.path)",
        found: "other bytes than the manifest's SHA-256",
        expected: "the file as it was written", advice: "Make the artifact again.")
    }
  }
}
