import CleaveModel
import CleaveNetwork
import CleaveStorage
import Foundation
import TestSupport
import Testing

#if Network
  /// What is left in a server of connections that broke the rules of HTTP/2.
  @Suite(.timeLimit(.minutes(3))) struct BrokenConnectionTests {
    private let scratch: Scratch

    init() throws {
      scratch = try Scratch()
      _ = try TinyModel.llama3.bundles(exits: [2, 4], into: scratch)
    }

    /// A stream, and behind it in the same bytes a frame that no stream may have: the connection closes while it is read.
    private static let broken: [UInt8] =
      Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
      + frame(type: 4, stream: 0, [])
      // POST, http and / of the static table of HPACK.
      + frame(type: 1, flags: 4, stream: 1, [0x83, 0x86, 0x84])
      + frame(type: 4, stream: 1, [0])

    /// RFC 9113, section 4.1.
    private static func frame(type: UInt8, flags: UInt8 = 0, stream: UInt8, _ payload: [UInt8])
      -> [UInt8]
    {
      [0, 0, UInt8(payload.count), type, flags, 0, 0, 0, stream] + payload
    }

    /// Sends those bytes on connections, one after another, and waits until the server has closed each.
    private func breakConnections(_ count: Int, port: Int) throws {
      let bytes = Self.broken.map { String(format: #"\x%02x"#, $0) }.joined()
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/bin/bash")
      process.arguments = [
        "-c",
        #"for ((i = 0; i < $1; i++)); do exec 3<>/dev/tcp/127.0.0.1/$0 || exit; printf "$2" >&3; cat <&3; exec 3>&-; done"#,
        "\(port)", "\(count)", bytes,
      ]
      process.standardOutput = FileHandle.nullDevice
      try process.run()
      process.waitUntilExit()
      #expect(process.terminationStatus == 0)
    }

    private func residentBytes(of process: Process) throws -> Int {
      let pages = try String(
        contentsOfFile: "/proc/\(process.processIdentifier)/statm", encoding: .utf8)
      return try #require(Int(pages.split(separator: " ")[1])) * sysconf(Int32(_SC_PAGESIZE))
    }

    @Test func theyLeaveNoMemory() throws {
      let (server, listening) = try Command.serve(scratch("cloud"))
      defer { server.terminate() }
      let port = try listening.required("port").int()
      try breakConnections(100, port: port)
      let before = try residentBytes(of: server)
      try breakConnections(500, port: port)
      let grown = try residentBytes(of: server) - before
      // A connection that stays takes 27 KB: 13 MB.
      #expect(grown < 4 << 20, "\(grown) bytes more")
    }
  }
#endif
