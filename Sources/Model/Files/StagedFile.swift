import CSystem
import Glibc

/// A single file made beside its target and renamed into place: whoever looks sees all of it or none.
public enum StagedFile {
  /// - Parameters:
  ///   - target: a new file's path; one that is there is replaced only with `force`, and never when it
  ///     is a directory.
  ///   - write: makes the file at the path it is given.
  public static func make<Result>(
    _ target: String, force: Bool, write: (_ path: String) throws -> Result
  ) throws -> Result {
    try refuse(target, force: force)
    let name = FileSystem.name(of: target)
    let staged = "\(FileSystem.parent(of: target))/.\(name).staging-\(getpid())"
    defer { unlink(staged) }
    let result = try write(staged)
    if cleave_rename_exclusively(staged, target) == 0 { return result }
    guard errno == EEXIST else { throw OutputError(path: target, reason: systemMessage()) }
    try refuse(target, force: force)
    guard rename(staged, target) == 0 else {
      throw OutputError(path: target, reason: systemMessage())
    }
    return result
  }

  private static func refuse(_ target: String, force: Bool) throws {
    guard FileSystem.exists(target) else { return }
    guard !FileSystem.isDirectory(target) else {
      throw InputError(file: target, found: "a directory", expected: "a file's name")
    }
    guard force else {
      throw InputError(
        file: target, found: "something there already", expected: "a new file's name",
        advice: "Use --force to replace it.")
    }
  }
}
