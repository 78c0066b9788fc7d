import CleaveNetwork
import CleaveStorage
import Foundation

/// One HTTP request over a socket of its own, and what came back. It is written out here so that the server is judged
/// by the bytes it sends.
struct HTTPExchange: Sendable {
  let status: Int
  let headers: [String: String]
  let body: String

  struct Failed: Error, CustomStringConvertible { let description: String }

  static func get(_ path: String, _ address: HostAndPort, headers: [String: String] = [:])
    async throws -> HTTPExchange
  {
    try await send("GET", path, "", address, headers)
  }

  static func post(
    _ path: String, _ body: String, _ address: HostAndPort,
    headers: [String: String] = ["Content-Type": "application/json"]
  ) async throws -> HTTPExchange {
    try await send("POST", path, body, address, headers)
  }

  func json() throws -> JSONNode { try JSONNode(parsing: Array(body.utf8), file: "response") }

  /// The data of server-sent events.
  var events: [String] {
    body.components(separatedBy: "\n\n").filter { $0.hasPrefix("data: ") }
      .map { String($0.dropFirst(6)) }
  }

  private static func send(
    _ method: String, _ path: String, _ body: String, _ address: HostAndPort,
    _ headers: [String: String]
  ) async throws -> HTTPExchange {
    let connection = try Connection(address)
    try connection.write(method, path, body, address, headers)
    let bytes = await connection.readAll()
    return try HTTPExchange(bytes)
  }

  init(_ bytes: [UInt8]) throws {
    let text = String(decoding: bytes, as: UTF8.self)
    guard let end = text.range(of: "\r\n\r\n") else {
      throw Failed(description: "no response: \(text.prefix(200))")
    }
    let lines = text[..<end.lowerBound].components(separatedBy: "\r\n")
    status = Int(lines[0].split(separator: " ")[1]) ?? 0
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      let parts = line.split(separator: ":", maxSplits: 1)
      headers[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
    }
    self.headers = headers
    let rest = String(text[end.upperBound...])
    body = headers["transfer-encoding"] == "chunked" ? Self.unchunked(rest) : rest
  }

  private static func unchunked(_ text: String) -> String {
    var (rest, body) = (Array(text.utf8)[...], [UInt8]())
    while let end = rest.firstIndex(of: 0x0D) {
      let size = Int(String(decoding: rest[..<end], as: UTF8.self), radix: 16) ?? 0
      guard size > 0 else { break }
      let start = end + 2
      body += rest[start..<min(start + size, rest.endIndex)]
      rest = rest[min(start + size + 2, rest.endIndex)...]
    }
    return String(decoding: body, as: UTF8.self)
  }
}

/// A TCP connection to a server of this machine.
final class Connection: Sendable {
  private let descriptor: Int32

  init(_ address: HostAndPort) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var name = sockaddr_in()
    name.sin_family = sa_family_t(AF_INET)
    name.sin_port = in_port_t(UInt16(address.port).bigEndian)
    name.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
    let size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let status = withUnsafePointer(to: &name) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, size) }
    }
    guard status == 0 else {
      throw HTTPExchange.Failed(description: "cannot connect: \(errno)")
    }
  }

  deinit { close(descriptor) }

  func write(
    _ method: String, _ path: String, _ body: String, _ address: HostAndPort,
    _ headers: [String: String]
  ) throws {
    var head = "\(method) \(path) HTTP/1.1\r\n"
    for (name, value) in ["Host": "\(address)", "Connection": "close"].merging(
      headers, uniquingKeysWith: { $1 })
    {
      head += "\(name): \(value)\r\n"
    }
    if method == "POST" { head += "Content-Length: \(body.utf8.count)\r\n" }
    try write(head + "\r\n" + body)
  }

  /// Sends a text as it is.
  func write(_ text: String) throws {
    let bytes = Array(text.utf8)
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
      }
      // A server may refuse a body before it has all of it.
      guard count > 0 else { return }
      sent += count
    }
  }

  /// Reads what is there, at most so many bytes; none at the end.
  func read() async -> [UInt8] {
    await withCheckedContinuation { continuation in
      Thread.detachNewThread {
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = recv(self.descriptor, &bytes, bytes.count, 0)
        continuation.resume(returning: Array(bytes.prefix(max(0, count))))
      }
    }
  }

  func readAll() async -> [UInt8] {
    var all: [UInt8] = []
    while true {
      let bytes = await read()
      if bytes.isEmpty { return all }
      all += bytes
    }
  }

  func shut() { shutdown(descriptor, Int32(SHUT_RDWR)) }
}
