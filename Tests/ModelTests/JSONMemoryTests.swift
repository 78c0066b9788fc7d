import CleaveStorage
import Glibc
import TestSupport
import Testing

/// JSON that is read where little memory is left: json-c stops in the middle of a text without an error, or leaves
/// members out, where it is refused memory.
@Suite struct JSONMemoryTests {
  /// Text of which json-c needs much more memory than it has bytes: names and strings, long ones with escapes, and short
  /// values.
  private static let text: [UInt8] = {
    let long = String(repeating: #"escaped\n and plain "#, count: 50_000)
    let members = (0..<20_000).map { #""member \#($0)": [1, {"a": "\#($0)"}]"# }
    return Array(#"{"\#(long)": "\#(long)", \#(members.joined(separator: ", "))}"#.utf8)
  }()

  /// The address space of this process, in bytes.
  private static func addressSpace() -> Int {
    let pages = (try? readPipe("/proc/self/statm")).map { String(decoding: $0, as: UTF8.self) }
    return pages.flatMap { Int($0.split(separator: " ")[0]) }.map { $0 * 4096 } ?? 0
  }

  private static func limit(to bytes: Int) {
    var limit = rlimit(rlim_cur: rlim_t(bytes), rlim_max: rlim_t.max)
    setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
  }

  @Test func memoryThatIsMissingIsTold() async throws {
    let result = try await #require(
      processExitsWith: .exitCode(7), observing: [\.standardErrorContent]
    ) {
      let text = Array(#"{"a": [1, 2, 3]}"#.utf8)
      _ = try JSON.parse(text, file: "a.json")
      Self.limit(to: 1 << 20)
      do {
        _ = try JSON.parse(text, file: "a.json", location: "settings")
      } catch let error as InputError {
        _ = "\(error)".withCString { write(STDERR_FILENO, $0, strlen($0)) }
        exit(7)
      }
    }
    let text = String(decoding: result.standardErrorContent, as: UTF8.self)
    #expect(
      text.contains("a.json: settings: found that the system gives this process no memory for"))
  }

  /// With any amount of memory a text is read whole or refused.
  @Test func nothingIsLostWithAnyAmountOfMemory() async throws {
    await #expect(processExitsWith: .success) {
      let text = Self.text
      let needed = text.withUnsafeBytes { JSONMemory.bytes(for: $0) }
      let whole = try JSON.parse(text, file: "a.json").text(pretty: false)
      var outcomes = Set<Bool>()
      for share in stride(from: 0.1, through: 1.6, by: 0.1) {
        Self.limit(to: Self.addressSpace() + Int(Double(needed) * share))
        defer { Self.limit(to: 1 << 40) }
        guard let value = try? JSON.parse(text, file: "a.json") else {
          outcomes.insert(false)
          continue
        }
        outcomes.insert(true)
        Self.limit(to: 1 << 40)
        guard value.text(pretty: false) == whole else { exit(1) }
      }
      guard outcomes.count == 2 else { exit(2) }
    }
  }
}
