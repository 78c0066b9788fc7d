import CleaveStorage
import Glibc

extension BuildCache {
  /// Something in the cache that can be removed.
  package struct Item: Sendable {
    package let path: String
    /// The stage, or what else it is.
    package let label: String
    package let bytes: Int
    /// When it was last used, in seconds since 1970.
    package let used: Int
  }

  /// Everything in the cache, what was used last first.
  package func items() throws -> [Item] {
    try ["stages", "work", "recordings"].flatMap { kind in
      try FileSystem.entries(of: "\(directory)/\(kind)").map { name in
        let path = "\(directory)/\(kind)/\(name)"
        let stage = kind == "stages" ? (try? readEntry(name))?.stage : nil
        return Item(
          path: path, label: stage ?? (kind == "work" ? "unfinished" : kind),
          bytes: OutputTree.diskBytes([path]), used: Self.modified(path))
      }
    }.sorted { ($0.used, $0.path) > ($1.used, $1.path) }
  }

  /// Removes what was used longest ago until the rest takes no more than a number of bytes. What another
  /// process works on stays. Files that outputs share by hard links take space until these are gone too.
  ///
  /// - Returns: what was removed.
  package func prune(to limit: Int, keeping keys: Set<String> = []) throws -> [Item] {
    let items = try items()
    var total = items.reduce(0) { $0 + $1.bytes }
    var removed: [Item] = []
    for item in items.reversed()
    where total > limit && !keys.contains(FileSystem.name(of: item.path)) {
      guard let lock = FileLock(item.path) else { continue }
      try FileSystem.removeTree(item.path)
      withExtendedLifetime(lock) {}
      total -= item.bytes
      removed.append(item)
    }
    return removed
  }

  private static func modified(_ path: String) -> Int {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_mtim.tv_sec) : 0
  }
}
