import CleaveStorage
import Foundation
import TestSupport

/// Debian's `docker-registry`, the reference implementation of the OCI distribution specification, on a free port of this machine.
package final class DockerRegistry: Sendable {
  /// The host and port that it listens on.
  package let address: String
  private let process: Process
  private let scratch: Scratch

  package enum Protection: Sendable {
    case none
    /// TLS with the certificate of Tests/Golden/tls, and the login user:secret.
    case encryptedWithLogin
  }

  /// Why tests with it are skipped.
  package static let absence: String =
    "docker-registry is not installed: tools/install-dependencies.sh docker-registry skopeo"
  /// Whether it is installed.
  package static var isInstalled: Bool { tool("docker-registry") != nil }

  /// The path of an installed program; nil where there is none.
  package static func tool(_ name: String) -> String? {
    (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin").split(separator: ":")
      .map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  package struct DidNotStart: Error { package let log: String }

  package init(_ protection: Protection = .none) throws {
    scratch = try Scratch()
    _ = try scratch.makeDirectory("storage")
    // The hash is that of "secret", by crypt(3) with a fixed salt.
    try scratch.write(
      "user:$2y$05$abcdefghijklmnopqrstuuOQiyCxlgf/oeuTqixKmWdcYUh4Hjl0a\n", to: "htpasswd")
    try scratch.write(Self.configuration(scratch, protection), to: "config.yml")
    process = Process()
    process.executableURL = URL(fileURLWithPath: Self.tool("docker-registry") ?? "docker-registry")
    process.arguments = ["serve", scratch("config.yml")]
    process.environment = ProcessInfo.processInfo.environment.merging(
      ["OTEL_TRACES_EXPORTER": "none"]) { $1 }
    _ = FileManager.default.createFile(atPath: scratch("log"), contents: nil)
    let log = FileHandle(forWritingAtPath: scratch("log"))
    process.standardError = log
    process.standardOutput = log
    try process.run()
    guard let address = Self.address(in: scratch("log"), of: process) else {
      process.terminate()
      let text = String(decoding: try readFile(scratch("log")), as: UTF8.self)
      throw DidNotStart(log: text)
    }
    self.address = address
  }

  deinit {
    process.terminate()
    process.waitUntilExit()
  }

  private static func configuration(_ scratch: Scratch, _ protection: Protection) -> String {
    var text = """
      version: 0.1
      log: {level: info, accesslog: {disabled: true}}
      storage:
        filesystem: {rootdirectory: \(scratch("storage"))}
        delete: {enabled: true}
      http:
        addr: 127.0.0.1:0

      """
    guard protection == .encryptedWithLogin else { return text }
    text += """
        tls:
          certificate: \(Golden.path("tls/server.pem"))
          key: \(Golden.path("tls/server.key"))
      auth:
        htpasswd: {realm: tests, path: \(scratch("htpasswd"))}

      """
    return text
  }

  /// Waits until its log says where it listens.
  private static func address(in log: String, of process: Process) -> String? {
    for _ in 0..<1200 {
      let text = (try? readFile(log)).map { String(decoding: $0, as: UTF8.self) } ?? ""
      if let found = text.range(of: "listening on 127.0.0.1:") {
        let port = text[found.upperBound...].prefix { $0.isNumber }
        let end = text[found.upperBound...].dropFirst(port.count)
        // The line may not be whole yet.
        if !port.isEmpty, !end.isEmpty { return "127.0.0.1:\(port)" }
      }
      guard process.isRunning else { return nil }
      usleep(50_000)
    }
    return nil
  }
}
