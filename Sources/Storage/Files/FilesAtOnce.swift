import CleaveSystem

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

  /// Begins work on files in the background.
  package static func begin<File: Sendable, Value: Sendable>(
    _ files: [File], threads: Int, _ body: @escaping @Sendable (File) throws -> Value
  ) -> FileTasks<Value> {
    FileTasks(count: files.count, threads: threads) { try body(files[$0]) }
  }

  /// Works on all files at once, this thread on one of them.
  ///
  /// - Returns: the results in the order of the files.
  /// - Throws: the error of the first file that has one, after all have ended.
  package static func map<File: Sendable, Value: Sendable>(
    _ files: [File], _ body: @escaping @Sendable (File) throws -> Value
  ) throws -> [Value] {
    try begin(files, threads: files.count - 1, body).finish()
  }
}
