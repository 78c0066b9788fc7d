import CleaveStorage
import Glibc

/// A directory of what stages made, by the digest of all that they read:
///
/// ```
/// stages/KEY/entry.json, output/...   what is whole; put there by one rename
/// work/KEY/                           what is being made, locked by who makes it
/// recordings/DIGEST/                  what exits and model said, shared by calibrations of the same exits
/// ```
package struct BuildCache: Sendable {
  package let directory: String
  static let largestEntry = 1 << 26

  /// The directory for this environment: `$XDG_CACHE_HOME/cleave/build`, or `~/.cache/cleave/build`.
  ///
  /// - Throws: `InputError` where neither that nor a home is known.
  package static func standardDirectory(_ environment: [String: String]) throws -> String {
    if let cache = environment["XDG_CACHE_HOME"], cache.hasPrefix("/") {
      return "\(cache)/cleave/build"
    }
    guard let home = environment["HOME"], home.hasPrefix("/") else {
      throw InputError(
        file: "HOME", found: "no home directory", expected: "a place for the cache",
        advice: "Name one with --cache.")
    }
    return "\(home)/.cache/cleave/build"
  }

  /// Opens the cache, making it where there is none.
  ///
  /// - Throws: `InputError` for a directory that holds something else, `OutputError` where it cannot be made.
  package init(_ directory: String) throws {
    self.directory = directory
    try Self.makeDirectories(directory)
    let known = ["stages", "work", "recordings"]
    if let stray = try FileSystem.entries(of: directory).first(where: { !known.contains($0) }) {
      throw InputError(
        file: directory, found: "\"\(stray)\" in it", expected: "a cache of builds, or none yet",
        advice: "Name another directory with --cache.")
    }
    for name in known { try FileSystem.createDirectory("\(directory)/\(name)") }
  }

  static func makeDirectories(_ path: String) throws {
    guard !FileSystem.isDirectory(path) else { return }
    let parent = FileSystem.parent(of: path)
    if parent != path { try makeDirectories(parent) }
    try FileSystem.createDirectory(path)
  }

  func stagePath(_ key: String) -> String { "\(directory)/stages/\(key)" }
  func workPath(_ key: String) -> String { "\(directory)/work/\(key)" }
  func outputPath(_ key: String) -> String { "\(directory)/stages/\(key)/output" }

  /// The stage of a key, if it is there and as it was written. What is damaged is removed, and made again.
  func entry(_ key: String) -> StageEntry? {
    let path = stagePath(key)
    guard FileSystem.exists(path) else { return nil }
    if let entry = try? readEntry(key), (try? isIntact(entry)) == true {
      // Times of use decide what is pruned first.
      utimes(path, nil)
      return entry
    }
    try? FileSystem.removeTree(path)
    return nil
  }

  func readEntry(_ key: String) throws -> StageEntry {
    let entry = try StageEntry(
      try FileSystem.readJSON("\(stagePath(key))/entry.json", limit: Self.largestEntry))
    guard entry.key == key else {
      throw InputError(file: stagePath(key), found: entry.key, expected: "the key \(key)")
    }
    return entry
  }

  /// Whether every file has the digest that it was written with.
  private func isIntact(_ entry: StageEntry) throws -> Bool {
    let output = outputPath(entry.key)
    guard try OutputTree.paths(in: output) == entry.files.map(\.path) else { return false }
    return try entry.files.allSatisfy {
      try FileDigest(ofFile: "\(output)/\($0.path)") == $0.digest
    }
  }

  /// The directory of recordings of exits, by the digest of the model with them.
  func recordings(of digest: String) throws -> String {
    let path = "\(directory)/recordings/\(digest)"
    try FileSystem.createDirectory(path)
    utimes(path, nil)
    return path
  }
}
