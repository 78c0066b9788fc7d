import CleaveStorage
import CleaveSystem
import Glibc

extension ArtifactWriter {
  /// Writes the manifest with the files written so far and puts the artifact in place.
  ///
  /// - Returns: the manifest as written.
  package func finish(_ manifest: Manifest) throws -> Manifest {
    let manifest = try seal(manifest)
    try Self.publish([self])
    return manifest
  }

  /// Puts sealed artifacts in place, all or none: when one cannot be placed, those placed before it
  /// are taken back and what they replaced stands again.
  package static func publish(_ writers: [ArtifactWriter]) throws {
    guard let first = writers.first else { return }
    try first.staging.registry.publish(first.target.path) {
      for (index, writer) in writers.enumerated() {
        do {
          try writer.swapIn()
        } catch {
          for placed in writers[..<index].reversed() { placed.swapOut() }
          throw error
        }
      }
    }
    for writer in writers { try writer.settle() }
  }

  /// Removes what every writer of this process has staged, so that a process that a signal ends
  /// leaves nothing; afterwards nothing is staged or placed any more. Safe from any thread, not from
  /// a signal handler. Waits for a placement that has begun: that is a few renames.
  package static func abandonAll() { StagingRegistry.shared.abandonAll() }

  private func swapIn() throws {
    precondition(isSealed, "an artifact without its manifest")
    if cleave_rename_exclusively(staging.path, target.path) == 0 {
      placement = .new
      return
    }
    guard errno == EEXIST, target.force else {
      throw OutputError(path: target.path, reason: systemMessage())
    }
    // Again: the work between took minutes, and another may stand there now.
    try target.refuseExisting()
    // From here to the end the old artifact has a staging directory's name, and must not be taken
    // for a leftover.
    let lock = DirectoryLock(target.path)
    guard cleave_exchange_paths(staging.path, target.path) == 0 else {
      throw OutputError(path: target.path, reason: systemMessage())
    }
    placement = .exchanged(lock)
  }

  /// Best effort: the error that made it necessary is already on its way to the person.
  private func swapOut() {
    switch placement {
    case .none: break
    case .new: _ = cleave_rename_exclusively(target.path, staging.path)
    case .exchanged: _ = cleave_exchange_paths(staging.path, target.path)
    }
    placement = .none
  }

  private func settle() throws {
    FileSystem.synchronizeDirectory(target.parent)
    try FileSystem.removeTree(staging.path)  // the old artifact, if there was one
    placement = .none
  }
}
