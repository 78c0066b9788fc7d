#if Network
  import CleaveNetwork
  import CleaveRuntime
  import Dispatch
  import Glibc
  import Synchronization

  /// A TCP relay that does to connections what networks do.
  final class FaultyRelay: Sendable {
    struct Fault {
      /// Nothing goes through; connections stay.
      var isStalled = false
      /// Connections are refused, and those that are there end.
      var isCut = false
      /// Seconds that each piece waits, and bytes of a piece.
      var delay = 0.0
      var piece = 65536
      /// Bytes still to be turned over, upwards.
      var garbled = 0
    }

    private let listener: Int32
    let address: HostAndPort
    private let target: Mutex<HostAndPort>
    private let fault = Mutex(Fault())
    private let sockets = Mutex<[Int32]>([])

    init(to target: HostAndPort) throws {
      self.target = Mutex(target)
      listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      var bound = Self.loopback(port: 0)
      var size = socklen_t(MemoryLayout<sockaddr_in>.size)
      let listener = listener
      let listens = withUnsafeMutablePointer(to: &bound) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          bind(listener, $0, size) == 0 && listen(listener, 64) == 0
            && getsockname(listener, $0, &size) == 0
        }
      }
      guard listens else { throw LinkClosed("the relay cannot listen") }
      address = HostAndPort(host: "127.0.0.1", port: Int(in_port_t(bigEndian: bound.sin_port)))
      let thread = DispatchQueue(label: "relay")
      thread.async { [self] in accept() }
    }

    /// What happens from now on.
    func set(_ change: (inout Fault) -> Void) {
      let isCut = fault.withLock {
        change(&$0)
        return $0.isCut
      }
      guard isCut else { return }
      sockets.withLock { sockets in
        for socket in sockets { shutdown(socket, Int32(SHUT_RDWR)) }
        sockets = []
      }
    }

    /// Where connections go from now on.
    func redirect(to address: HostAndPort) { target.withLock { $0 = address } }

    func close() {
      set { $0.isCut = true }
      shutdown(listener, Int32(SHUT_RDWR))
    }

    private static func loopback(port: Int) -> sockaddr_in {
      var bound = sockaddr_in()
      bound.sin_family = sa_family_t(AF_INET)
      bound.sin_port = in_port_t(port).bigEndian
      bound.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
      return bound
    }

    private func accept() {
      while true {
        let peer = Glibc.accept(listener, nil, nil)
        guard peer >= 0 else { break }
        guard !fault.withLock(\.isCut), let server = connect() else {
          Glibc.close(peer)
          continue
        }
        sockets.withLock { $0 += [peer, server] }
        for (from, to, isUp) in [(peer, server, true), (server, peer, false)] {
          DispatchQueue(label: "relay.pump").async { [self] in pump(from, to, isUp: isUp) }
        }
      }
      Glibc.close(listener)
    }

    private func connect() -> Int32? {
      let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
      var bound = Self.loopback(port: target.withLock(\.port))
      let size = socklen_t(MemoryLayout<sockaddr_in>.size)
      let isThere = withUnsafePointer(to: &bound) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          Glibc.connect(server, $0, size) == 0
        }
      }
      if !isThere { Glibc.close(server) }
      return isThere ? server : nil
    }

    /// Sockets are shut down here and closed never: a test's are few, and a number is not used twice.
    private func pump(_ from: Int32, _ to: Int32, isUp: Bool) {
      var buffer = [UInt8](repeating: 0, count: 65536)
      while true {
        let now = fault.withLock { $0 }
        let count = recv(from, &buffer, min(now.piece, buffer.count), 0)
        guard count > 0 else { break }
        while fault.withLock({ $0.isStalled && !$0.isCut }) { usleep(2000) }
        if now.delay > 0 { usleep(UInt32(now.delay * 1e6)) }
        if isUp { garble(&buffer, count) }
        var done = 0
        while done < count {
          let sent = buffer.withUnsafeBytes {
            send(to, $0.baseAddress! + done, count - done, Int32(MSG_NOSIGNAL))
          }
          guard sent > 0 else { break }
          done += sent
        }
        if done < count { break }
      }
      for socket in [from, to] { shutdown(socket, Int32(SHUT_RDWR)) }
    }

    private func garble(_ buffer: inout [UInt8], _ count: Int) {
      let turned = fault.withLock { fault in
        defer { fault.garbled -= min(count, fault.garbled) }
        return min(count, fault.garbled)
      }
      for index in 0..<turned { buffer[index] ^= 0xA5 }
    }
  }
#endif
