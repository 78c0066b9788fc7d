import Glibc

/// The sizes and times of change of the files that an output is made of, noted before they are read. An output of
/// sources that changed meanwhile may hold parts of two versions, and is not published.
package struct SourceState {
  private struct Stamp: Equatable {
    let device: UInt64
    let file: UInt64
    let bytes: Int64
    let seconds: Int
    let nanoseconds: Int
  }

  private let stamps: [String: Stamp]

  /// An artifact has one level of directories below its own.
  private static let deepest = 2

  /// - Parameter sources: files, and directories of which the files down to two levels count.
  package init(of sources: [String]) { stamps = Self.stamps(of: sources) }

  /// - Throws: `InputError` with the first file that changed or went since.
  package func requireUnchanged() throws {
    let now = Self.stamps(of: Array(stamps.keys))
    guard let path = stamps.keys.filter({ now[$0] != stamps[$0] }).min() else { return }
    throw InputError(
      file: path, found: now[path] == nil ? "nothing there any more" : "a file that changed",
      expected: "the same file as when the work began",
      advice: "Run the command again when nothing writes to it.")
  }

  private static func stamps(of paths: [String]) -> [String: Stamp] {
    var stamps: [String: Stamp] = [:]
    for path in paths { collect(path, depth: 0, into: &stamps) }
    return stamps
  }

  /// What cannot be looked at is left out: whoever reads it says why it cannot be read.
  private static func collect(_ path: String, depth: Int, into stamps: inout [String: Stamp]) {
    var status = stat()
    guard stat(path, &status) == 0 else { return }
    switch status.st_mode & S_IFMT {
    case S_IFREG:
      stamps[path] = Stamp(
        device: UInt64(status.st_dev), file: UInt64(status.st_ino), bytes: Int64(status.st_size),
        seconds: status.st_mtim.tv_sec, nanoseconds: status.st_mtim.tv_nsec)
    case S_IFDIR where depth < deepest:
      for name in (try? FileSystem.entries(of: path)) ?? [] {
        collect("\(path)/\(name)", depth: depth + 1, into: &stamps)
      }
    default: break
    }
  }
}
