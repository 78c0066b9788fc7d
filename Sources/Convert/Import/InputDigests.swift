import CleaveModel
import CleaveStorage
import Synchronization

/// The digests of a checkpoint's files, computed in the background while its weights are written: the disk is what an import
/// waits for, and the pages that one of the two reads serve the other.
final class InputDigests: Sendable {
  /// The bytes that have been hashed.
  private final class Count: Sendable {
    let bytes = Atomic(0)
  }

  private let paths: [String]
  private let count: Count
  private let tasks: FileTasks<FileDigest>

  /// Begins to hash at once.
  init(of paths: [String]) {
    self.paths = paths
    let count = Count()
    self.count = count
    // The threads that write come first: the disk would wait for them if hashing took all processors.
    let threads = max(1, FilesAtOnce.read - FilesAtOnce.written)
    tasks = FilesAtOnce.begin(paths, threads: threads) { path in
      try FileDigest(ofFile: path) { count.bytes.wrappingAdd($0, ordering: .relaxed) }
    }
  }

  /// The bytes hashed so far.
  var bytes: Int { count.bytes.load(ordering: .relaxed) }

  /// Waits for all files.
  ///
  /// - Parameter waiting: called now and then meanwhile.
  /// - Returns: the names and digests of the files, in their order.
  /// - Throws: `InputError` for a file that cannot be read.
  func finish(waiting: () -> Void) throws -> [ProvenanceStep.Input] {
    zip(paths, try tasks.finish(waiting: waiting)).map {
      ProvenanceStep.Input(name: FileSystem.name(of: $0), digest: $1)
    }
  }

  /// Begins no more files.
  func abandon() { tasks.abandon() }
}
