import CleaveModel
import CleaveStorage
import CleaveSystem
import Dispatch
import Synchronization

/// Checks an artifact's file hashes on background threads while work on the files continues. The
/// new artifact must not be published before the check has finished, because its own hashes would
/// vouch for damaged input.
final class IntegrityCheck: Sendable {
  private struct Progress {
    /// The first file that no thread has begun.
    var next = 0
    var outcomes: [Result<Bool, any Error>]
  }

  private let artifact: Artifact
  private let progress: Mutex<Progress>
  /// The files that threads have begun and not finished.
  private let begun = DispatchGroup()

  /// Starts checking at once.
  init(_ artifact: Artifact) {
    self.artifact = artifact
    let files = artifact.manifest.files.count
    progress = Mutex(Progress(outcomes: Array(repeating: .success(true), count: files)))
    for _ in 0..<min(files, Int(cleave_usable_processors())) {
      DispatchQueue.global().async { [self] in checkFiles() }
    }
  }

  /// Checks files until every one has been begun.
  private func checkFiles() {
    while let index = begin() {
      let outcome = Result { try artifact.isDamaged(artifact.manifest.files[index]) }
      progress.withLock { $0.outcomes[index] = outcome }
      begun.leave()
    }
  }

  private func begin() -> Int? {
    progress.withLock { progress in
      guard progress.next < progress.outcomes.count else { return nil }
      begun.enter()
      progress.next += 1
      return progress.next - 1
    }
  }

  /// Waits for the check to finish. The files that no thread has begun are checked on this one, so that the
  /// check ends even where the system starts no more threads.
  ///
  /// - Throws: `InputError` if a file does not have the hash in the manifest.
  func finish() throws {
    checkFiles()
    begun.wait()
    let outcomes = progress.withLock { $0.outcomes }
    for (file, outcome) in zip(artifact.manifest.files, outcomes) where try outcome.get() {
      throw InputError(
        file: "\(artifact.path)/\(file.path)",
        found: "other bytes than the manifest's SHA-256",
        expected: "the file as it was written", advice: "Make the artifact again.")
    }
  }
}
