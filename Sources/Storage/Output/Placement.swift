import CleaveSystem
import Glibc

/// The renames that put a staged output at its target, and take it back.
struct Placement {
  private enum State {
    case none
    case new
    /// The file that was there before is gone: a file is replaced in one step.
    case replaced
    /// What was there before has the staging path now; a directory is locked.
    case exchanged(FileLock?)
  }

  private var state = State.none

  /// - Parameter isReversible: whether `takeBack` must be able to restore a file that is replaced.
  /// - Throws: `InputError` where something stands at the target that may not be replaced, `OutputError`
  ///   where the system refuses.
  mutating func put(
    _ staged: String, at target: OutputTarget, isReversible: Bool = false
  ) throws {
    switch target.format.shape {
    case .file where target.force && !isReversible:
      try target.refuseExisting()
      try check(rename(staged, target.path), target)
      state = .replaced
    case .file where !target.force:
      try target.refuseExisting()
      try check(cleave_rename_exclusively(staged, target.path), target)
      state = .new
    case .file, .directory:
      try exchange(staged, at: target)
    }
  }

  private mutating func exchange(_ staged: String, at target: OutputTarget) throws {
    if cleave_rename_exclusively(staged, target.path) == 0 {
      state = .new
      return
    }
    guard errno == EEXIST, target.force else {
      throw OutputError(path: target.shown, reason: systemMessage())
    }
    // Again: the work between took minutes, and another may stand there now.
    try target.refuseExisting()
    // From here to the end the old directory has a staging directory's name, and must not be taken
    // for a leftover.
    let lock = FileLock(target.path)
    try check(cleave_exchange_paths(staged, target.path), target)
    state = .exchanged(lock)
  }

  private func check(_ status: Int32, _ target: OutputTarget) throws {
    guard status == 0 else { throw OutputError(path: target.shown, reason: systemMessage()) }
  }

  /// Best effort: the error that made it necessary is already on its way to the person.
  mutating func takeBack(_ staged: String, from target: OutputTarget) {
    switch state {
    case .none, .replaced: break
    case .new: _ = cleave_rename_exclusively(target.path, staged)
    case .exchanged: _ = cleave_exchange_paths(staged, target.path)
    }
    state = .none
  }
}
