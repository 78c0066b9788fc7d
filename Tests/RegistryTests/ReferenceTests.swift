import CleaveRegistry
import CleaveStorage
import Testing

/// Names of bundles in registries.
@Suite struct ReferenceTests {
  @Test(arguments: [
    "localhost/edge:1", "127.0.0.1:5000/a/b/c:latest", "[::1]:5000/a:1",
    "registry.example.com/models/smol.lm__2-edge:v1.0_rc-1",
    "registry.example.com/edge@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
  ])
  func aReferenceIsReadAndWritten(text: String) throws {
    #expect(try RegistryReference(text).description == text)
  }

  @Test(arguments: [
    "edge:1", "models/edge:1", "localhost", "localhost/", "localhost/edge", "localhost/edge:",
    "localhost/Edge:1", "localhost/a//b:1", "localhost/../b:1", "localhost/-a:1", "localhost/a-:1",
    "localhost/a.-b:1", "localhost/a:.1", "localhost/a:b/c", "localhost/a:b c",
    "localhost/a@sha256:12", "localhost/a@sha512:12", "user@localhost:5000/a:1", "a b.c/d:1",
    "localhost:99999/a:1", "https://localhost/a:1",
    "localhost/a:\(String(repeating: "t", count: 129))",
    "localhost/\(String(repeating: "n", count: 250)):1", "localhost/a?b:1", "a#b.c/d:1",
  ])
  func anythingElseIsRefused(text: String) {
    #expect(throws: SettingError.self) { try RegistryReference(text) }
  }

  @Test func whoIsHereIsKnown() throws {
    #expect(try RegistryReference("127.0.0.1/a:1").isLoopback)
    #expect(try RegistryReference("localhost:5000/a:1").isLoopback)
    #expect(try !RegistryReference("localhost.example.com/a:1").isLoopback)
  }
}
