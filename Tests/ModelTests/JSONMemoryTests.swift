import CleaveStorage
import Glibc
import TestSupport
import Testing

/// JSON that is read where no memory is left.
@Suite struct JSONMemoryTests {
  /// json-c stops in the middle of a text, or leaves members out, where it is refused memory.
  @Test func memoryThatIsMissingIsTold() async throws {
    let result = try await #require(
      processExitsWith: .exitCode(7), observing: [\.standardErrorContent]
    ) {
      let text = Array(#"{"a": [1, 2, 3]}"#.utf8)
      _ = try JSON.parse(text, file: "a.json")
      var none = rlimit(rlim_cur: 1 << 20, rlim_max: 1 << 20)
      setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &none)
      do {
        _ = try JSON.parse(text, file: "a.json", location: "settings")
      } catch let error as InputError {
        _ = "\(error)".withCString { write(STDERR_FILENO, $0, strlen($0)) }
        exit(7)
      }
    }
    let text = String(decoding: result.standardErrorContent, as: UTF8.self)
    #expect(
      text.contains("a.json: settings: found that the system gives this process no 67584 bytes"))
  }
}
