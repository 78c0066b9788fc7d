import CleaveStorage
import CleaveSystem
import Glibc
import TestSupport
import Testing

/// What a process says when a file that it has mapped is no longer what it was.
@Suite struct MappedFileFaultTests {
  /// A file of 100,000 bytes; the process that maps it removes it before it dies.
  private static func temporaryFile() throws -> (path: String, descriptor: Int32) {
    var template = Array("/tmp/cleave-test-XXXXXX".utf8CString)
    let descriptor = mkstemp(&template)
    let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    guard ftruncate(descriptor, 100_000) == 0 else { throw FileUnreadable(path: path) }
    return (path, descriptor)
  }

  @Test func aFileCutShortIsNamed() async throws {
    let result = try await #require(
      processExitsWith: .exitCode(ExitStatus.badInput.rawValue),
      observing: [\.standardErrorContent]
    ) {
      cleave_tell_faults(-1, ExitStatus.badInput.rawValue)
      let (path, descriptor) = try Self.temporaryFile()
      let file = try MappedFile(path: path)
      unlink(path)
      ftruncate(descriptor, 0)
      print(file.withBytes(50_000..<50_001) { $0[0] })
    }
    let text = String(decoding: result.standardErrorContent, as: UTF8.self)
    #expect(text.contains(": found no byte 50000 any more; expected the file as it was"))
  }

  /// A note is forgotten with its file: another fault at the same address is not taken for one of the file.
  @Test func aFileThatIsGoneIsNotNamed() async throws {
    let result = try await #require(
      processExitsWith: .signal(SIGBUS), observing: [\.standardErrorContent]
    ) {
      signal(SIGBUS, SIG_DFL)
      cleave_tell_faults(-1, ExitStatus.badInput.rawValue)
      let (path, descriptor) = try Self.temporaryFile()
      var address: UnsafeRawPointer?
      do {
        let file = try MappedFile(path: path)
        address = file.withBytes(0..<1) { $0.baseAddress }
      }
      unlink(path)
      let mapped = mmap(
        UnsafeMutableRawPointer(mutating: address), 100_000, PROT_READ, MAP_PRIVATE | MAP_FIXED,
        descriptor, 0)
      ftruncate(descriptor, 0)
      print(mapped?.load(as: UInt8.self) ?? 0)
    }
    let text = String(decoding: result.standardErrorContent, as: UTF8.self)
    #expect(!text.contains("cleave:"))
  }

  /// Libraries fail in their own ways where they are refused memory.
  @Test func exhaustedMemoryIsTold() async throws {
    let result = try await #require(
      processExitsWith: .exitCode(ExitStatus.badInput.rawValue),
      observing: [\.standardErrorContent]
    ) {
      cleave_tell_faults(-1, ExitStatus.badInput.rawValue)
      var none = rlimit(rlim_cur: 1 << 20, rlim_max: 1 << 20)
      setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &none)
      // More than the allocator has at hand.
      let bytes = [UInt8](repeating: 1, count: 1 << 30)
      print(bytes.count)
    }
    let text = String(decoding: result.standardErrorContent, as: UTF8.self)
    #expect(text.contains("cleave: memory: found that the system gives this process no more"))
  }

  @Test func aFaultThatIsNeitherIsLeftToOthers() async throws {
    let result = try await #require(
      processExitsWith: .signal(SIGSEGV), observing: [\.standardErrorContent]
    ) {
      signal(SIGSEGV, SIG_DFL)
      cleave_tell_faults(-1, ExitStatus.badInput.rawValue)
      raise(SIGSEGV)
    }
    #expect(!String(decoding: result.standardErrorContent, as: UTF8.self).contains("cleave:"))
  }
}
