import CleaveStorage
import CleaveSystem
import Glibc
import TestSupport
import Testing

/// What a process does where the system starts no more threads for it.
@Suite struct RefusedThreadTests {
  /// Asks for a thread whose stack no address space can hold.
  private static func isRefused(times: Int) -> Bool {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setstacksize(&attributes, 1 << 47)
    return (0..<times).allSatisfy { _ in
      var thread = pthread_t()
      return pthread_create(&thread, &attributes, { _ in nil }, nil) == EAGAIN
    }
  }

  /// Starts a thread and waits for its end.
  private static func startsOne() -> Bool {
    var thread = pthread_t()
    return pthread_create(&thread, nil, { _ in nil }, nil) == 0 && pthread_join(thread, nil) == 0
  }

  @Test func aCallerThatAsksForEverIsEnded() async throws {
    let result = try await #require(
      processExitsWith: .exitCode(ExitStatus.badInput.rawValue),
      observing: [\.standardErrorContent]
    ) {
      cleave_tell_faults(-1, ExitStatus.badInput.rawValue)
      while Self.isRefused(times: 1) {}
    }
    let text = String(decoding: result.standardErrorContent, as: UTF8.self)
    #expect(text.contains("cleave: threads: found that the system starts no more for this process"))
  }

  @Test func aCallerThatGivesUpGetsTheError() async throws {
    await #expect(processExitsWith: .success) {
      for _ in 0..<3 {
        guard Self.isRefused(times: 9), Self.startsOne() else { exit(1) }
      }
    }
  }
}
