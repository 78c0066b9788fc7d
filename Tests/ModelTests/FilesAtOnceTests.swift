import CleaveStorage
import Testing

@Suite struct FilesAtOnceTests {
  private struct Failed: Error, Equatable {
    let file: Int
  }

  @Test func batchesHoldEveryFileOnce() {
    for count in [1, 2, 3, 7, 8] {
      let batches = FilesAtOnce.batches(Array(0..<7), of: count)
      #expect(batches.flatMap { $0 } == Array(0..<7))
      #expect(batches.allSatisfy { (1...count).contains($0.count) })
    }
    #expect(FilesAtOnce.batches([Int](), of: 2).isEmpty)
  }

  @Test func resultsComeInTheOrderOfTheFiles() throws {
    let files = Array(0..<40)
    #expect(try FilesAtOnce.map(files) { $0 * $0 } == files.map { $0 * $0 })
    #expect(try FilesAtOnce.map([7, 8]) { $0 } == [7, 8])
    #expect(try FilesAtOnce.map([Int]()) { $0 } == [])
  }

  /// Whichever fails first in time.
  @Test func theFirstErrorIsThrown() {
    let files = Array(0..<40)
    #expect(throws: Failed(file: 3)) {
      try FilesAtOnce.map(files) { file in
        if file % 10 == 3 { throw Failed(file: file) }
        return file
      }
    }
  }
}
