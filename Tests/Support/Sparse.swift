import Glibc

/// Large files that take no room on the disk.
package enum Sparse {
  package static func extend(_ path: String, to bytes: Int) throws {
    guard truncate(path, bytes) == 0 else { throw FileUnreadable(path: path) }
  }
}
