import CleaveStorage
import Glibc

/// The directory beside a pull's target where it keeps what it has fetched, so that a pull that was killed goes on. Files are
/// called by their digests; a file that is not whole yet ends in `.part`.
struct PullDirectory {
  let path: String
  private let lock: FileLock?
  private let prefix: String
  private let parent: String

  private static let digits = 16

  /// Makes the directory of a target and a manifest, or goes on with the one that an earlier pull has left.
  ///
  /// - Throws: `OutputError` where it cannot be made, or another process pulls into it.
  init(target: String, manifest: FileDigest) throws {
    parent = FileSystem.parent(of: target)
    prefix = ".\(target.split(separator: "/").last ?? "").pull-"
    path = "\(parent)/\(prefix)\(manifest.sha256.prefix(Self.digits))"
    try FileSystem.createDirectory(path)
    lock = FileLock(path)
    guard try lock != nil || FileLock.isUnsupported(at: path) else {
      throw OutputError(path: path, reason: "another process pulls into it")
    }
  }

  /// The path of a file that is whole.
  func whole(_ blob: Descriptor) -> String { "\(path)/\(blob.digest.sha256)" }

  /// The path of a file that is being fetched.
  func partial(_ blob: Descriptor) -> String { whole(blob) + ".part" }

  /// Whether a file is here, whole and undamaged. One that is damaged is removed.
  func holds(_ blob: Descriptor) throws -> Bool {
    guard FileSystem.exists(whole(blob)) else { return false }
    if try FileDigest(ofFile: whole(blob)) == blob.digest { return true }
    try FileSystem.removeTree(whole(blob))
    return false
  }

  /// The bytes of a file that is not whole.
  func bytesHeld(_ blob: Descriptor) -> Int {
    min((try? MappedFile.size(of: partial(blob))) ?? 0, blob.digest.bytes)
  }

  /// Takes a file over that already stands elsewhere on this machine.
  ///
  /// - Returns: whether it is the one that is wanted.
  func adopt(_ blob: Descriptor, from other: String) throws -> Bool {
    guard FileSystem.kind(other) == .regular, try MappedFile.size(of: other) == blob.digest.bytes,
      try FileDigest(ofFile: other) == blob.digest
    else { return false }
    try FileSystem.link(other, to: whole(blob))
    return true
  }

  /// Makes a file that was fetched and checked a whole one.
  func finish(_ blob: Descriptor) throws {
    // Files of artifacts are shared by hard links, and never written in place.
    guard chmod(partial(blob), 0o444) == 0, rename(partial(blob), whole(blob)) == 0 else {
      throw OutputError(path: whole(blob), reason: systemMessage())
    }
  }

  /// Removes it, and what pulls of other manifests into the same target have left.
  func remove() {
    for name in (try? FileSystem.entries(of: parent)) ?? [] where isLeftover(name) {
      let other = "\(parent)/\(name)"
      // One that another process pulls into is locked; our own lock is held by this value.
      if other == path || FileLock(other) != nil { try? FileSystem.removeTree(other) }
    }
  }

  private func isLeftover(_ name: String) -> Bool {
    guard name.hasPrefix(prefix), name.utf8.count == prefix.utf8.count + Self.digits,
      let entries = try? FileSystem.entries(of: "\(parent)/\(name)")
    else { return false }
    return entries.allSatisfy {
      FileDigest.isSHA256($0.hasSuffix(".part") ? String($0.dropLast(5)) : $0)
    }
  }
}
