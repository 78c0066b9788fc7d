import CleaveStorage
import Dispatch
import Synchronization
import Testing

@Suite(.timeLimit(.minutes(20))) struct FileTasksTests {
  /// As where the system starts no thread.
  @Test func tasksThatNoThreadBeginsAreDoneByTheOneThatWaits() throws {
    let tasks = FileTasks(count: 5, threads: 0) { $0 * $0 }
    #expect(try tasks.finish() == [0, 1, 4, 9, 16])
  }

  @Test func eachTaskIsDoneOnce() throws {
    let done = Mutex([Int]())
    let tasks = FileTasks(count: 100, threads: 4) { index in done.withLock { $0.append(index) } }
    #expect(try tasks.finish().count == 100)
    #expect(done.withLock { $0.sorted() } == Array(0..<100))
  }

  /// The only task waits until it has been asked after.
  @Test func whoWaitsIsCalledMeanwhile() throws {
    let begun = DispatchSemaphore(value: 0)
    let askedAfter = DispatchSemaphore(value: 0)
    let tasks = FileTasks(count: 1, threads: 1) { _ in
      begun.signal()
      askedAfter.wait()
      return true
    }
    begun.wait()
    var calls = 0
    #expect(
      try tasks.finish {
        calls += 1
        askedAfter.signal()
      } == [true])
    #expect(calls > 0)
  }

  @Test func abandonedTasksAreNotBegun() throws {
    let done = Mutex(0)
    let tasks = FileTasks(count: 10, threads: 0) { _ in done.withLock { $0 += 1 } }
    tasks.abandon()
    #expect(try tasks.finish().isEmpty)
    #expect(done.withLock { $0 } == 0)
  }
}
