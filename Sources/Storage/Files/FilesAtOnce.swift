import CleaveSystem
import Dispatch
import Synchronization

/// Work on several files at once: one thread that hashes or copies comes to half of what a disk gives.
package enum FilesAtOnce {
  /// Files that are read at once.
  package static let read = max(1, Int(cleave_usable_processors()))
  /// Files that are written at once. Some sources hold the numbers of a whole file in memory.
  package static let written = min(2, read)

  /// Cuts a list into batches of files that are worked on at once.
  package static func batches<File>(_ files: [File], of count: Int) -> [ArraySlice<File>] {
    stride(from: 0, to: files.count, by: count).map {
      files[$0..<min($0 + count, files.count)]
    }
  }

  /// Works on all files of a batch, each on a thread, as far as the system starts any.
  ///
  /// - Returns: the results in the order of the files.
  /// - Throws: the error of the first file that has one, after all have ended.
  package static func map<File: Sendable, Value: Sendable>(
    _ files: ArraySlice<File>, _ body: @Sendable (File) throws -> Value
  ) throws -> [Value] {
    if files.count < 2 { return try files.map(body) }
    let first = files.startIndex
    let outcomes = Mutex([Result<Value, any Error>?](repeating: nil, count: files.count))
    DispatchQueue.concurrentPerform(iterations: files.count) { index in
      let outcome = Result { try body(files[first + index]) }
      outcomes.withLock { $0[index] = outcome }
    }
    return try outcomes.withLock { $0 }.compactMap { try $0?.get() }
  }
}
