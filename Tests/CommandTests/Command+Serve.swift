#if Network
  import CleaveNetwork
  import CleaveStorage
  import Foundation
  import Testing

  extension Command {
    /// Starts `cleave serve` on this machine.
    ///
    /// - Returns: the process, and what it has said when it listens.
    static func serve(
      _ bundle: String, port: Int = 0, _ more: [String] = []
    ) throws -> (process: Process, listening: JSONNode) {
      let server = try start(
        ["serve", bundle, "--listen", "127.0.0.1:\(port)", "--json", "--log-level", "error"] + more)
      guard let output = (server.standardOutput as? Pipe)?.fileHandleForReading else {
        throw CocoaError(.fileReadUnknown)
      }
      var line: [UInt8] = []
      while line.last != 0x0A {
        guard let byte = try output.read(upToCount: 1), !byte.isEmpty else { break }
        line += byte
      }
      return (server, try JSONNode(parsing: line, file: "serve"))
    }

    /// The whole response to GET, headers included.
    static func get(_ path: String, _ address: String) throws -> String {
      let address = try #require(HostAndPort(address))
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/bin/bash")
      process.arguments = [
        "-c",
        #"exec 3<>"/dev/tcp/$0/$1"; printf "GET $2 HTTP/1.1\r\n$3" >&3; cat <&3"#,
        address.host, "\(address.port)", path, #"Host: cleave\r\nConnection: close\r\n\r\n"#,
      ]
      let output = Pipe()
      process.standardOutput = output
      try process.run()
      defer { process.waitUntilExit() }
      return String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    }
  }
#endif
