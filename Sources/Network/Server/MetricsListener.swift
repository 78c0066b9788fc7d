#if Network
  import Dispatch
  import Glibc

  /// Answers GET /metrics, one HTTP/1.0 request a connection, one connection at a time.
  final class MetricsListener: Sendable {
    private let socket: Int32
    let location: HostAndPort
    private let queue = DispatchQueue(label: "cleave.metrics")

    /// - Throws: `ServeError` when it cannot listen there.
    init(_ location: HostAndPort, text: @escaping @Sendable () -> String) throws {
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_port = in_port_t(location.port).bigEndian
      let host = location.host == "localhost" ? "127.0.0.1" : location.host
      guard inet_pton(AF_INET, host, &address.sin_addr) == 1 else {
        throw ServeError("--metrics \(location): expected an IPv4 address or localhost")
      }
      let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      var yes: Int32 = 1
      var size = socklen_t(MemoryLayout<sockaddr_in>.size)
      setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
      let listens = withUnsafeMutablePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          bind(socket, $0, size) == 0 && listen(socket, 16) == 0
            && getsockname(socket, $0, &size) == 0
        }
      }
      guard listens else {
        let reason = String(cString: strerror(errno))
        Glibc.close(socket)
        throw ServeError("--metrics \(location): \(reason)")
      }
      self.socket = socket
      self.location = HostAndPort(
        host: location.host, port: Int(in_port_t(bigEndian: address.sin_port)))
      queue.async {
        while true {
          let peer = accept(socket, nil, nil)
          if peer < 0, errno == EINTR || errno == ECONNABORTED { continue }
          guard peer >= 0 else { break }
          Self.answer(peer, text)
          Glibc.close(peer)
        }
        Glibc.close(socket)
      }
    }

    /// Wakes the one that accepts, which then closes.
    func stop() { shutdown(socket, Int32(SHUT_RDWR)) }

    private static func answer(_ peer: Int32, _ text: () -> String) {
      // A peer that does not speak does not hold up the next for long.
      var limit = timeval(tv_sec: 2, tv_usec: 0)
      for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
        setsockopt(peer, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
      }
      let request = head(peer)
      let isMetrics = request.hasPrefix("GET /metrics ")
      let body = isMetrics ? text() : "GET /metrics\n"
      let head =
        "HTTP/1.0 \(isMetrics ? "200 OK" : "404 Not Found")\r\n"
        + "Content-Type: text/plain; version=0.0.4\r\nContent-Length: \(body.utf8.count)\r\n"
        + "Connection: close\r\n\r\n"
      var rest = Array((head + body).utf8)[...]
      while !rest.isEmpty {
        let sent = rest.withUnsafeBytes {
          send(peer, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
        guard sent > 0 else { return }
        rest = rest.dropFirst(sent)
      }
    }

    /// Up to the empty line, and 8 KB at most.
    private static func head(_ peer: Int32) -> String {
      var bytes: [UInt8] = []
      var piece = [UInt8](repeating: 0, count: 1024)
      while bytes.count < 8192, !bytes.suffix(4).elementsEqual("\r\n\r\n".utf8) {
        let count = recv(peer, &piece, piece.count, 0)
        guard count > 0 else { break }
        bytes += piece.prefix(count)
      }
      return String(decoding: bytes, as: UTF8.self)
    }
  }
#endif
