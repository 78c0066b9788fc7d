import CleaveStorage
import CleaveSystem
import Glibc
import TestSupport
import Testing

/// What a process does where the system starts no more threads for it.
@Suite struct RefusedThreadTests {
  /// Asks for threads whose stacks no address space can hold.
  private static func areRefused(_ times: Int) -> Bool {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setstacksize(&attributes, 1 << 60)
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

  /// The file that the code at this address is of.
  private static func mappedFile(at address: UnsafeRawPointer) throws -> String? {
    let address = UInt(bitPattern: address)
    let maps = String(decoding: try readPipe("/proc/self/maps"), as: UTF8.self)
    return maps.split(separator: "\n").lazy.compactMap { line -> String? in
      let fields = line.split(separator: " ")
      let ends = fields[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
      guard ends.count == 2, ends[0] <= address, address < ends[1] else { return nil }
      return fields.last.map(String.init)
    }.first
  }

  @Test func aCallerThatAsksForEverIsEnded() async throws {
    let result = try await #require(
      processExitsWith: .exitCode(ExitStatus.badInput.rawValue),
      observing: [\.standardErrorContent]
    ) {
      cleave_tell_faults(-1, ExitStatus.badInput.rawValue)
      cleave_wait_for_threads(0.2)
      for _ in 0..<100 {
        _ = Self.areRefused(1)
        usleep(10_000)
      }
    }
    let text = String(decoding: result.standardErrorContent, as: UTF8.self)
    #expect(text.contains("cleave: threads: found that the system starts no more for this process"))
  }

  /// Many refusals in a short time are those of callers that give up, and so are a few in a long one.
  @Test func callersThatGiveUpGetTheError() async throws {
    await #expect(processExitsWith: .success) {
      cleave_wait_for_threads(.infinity)
      guard Self.areRefused(50), Self.startsOne() else { exit(1) }
      cleave_wait_for_threads(0)
      for _ in 0..<3 {
        guard Self.areRefused(4), Self.startsOne() else { exit(1) }
      }
    }
  }

  /// libdispatch is a library of its own: its calls must find ours before the C library's.
  @Test func theProcessHasItsOwnCall() throws {
    let call = try Self.mappedFile(at: try #require(dlsym(nil, "pthread_create")))
    #expect(call != nil)
    #expect(try call == Self.mappedFile(at: #dsohandle))
  }
}
