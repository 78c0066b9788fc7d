import CleaveExits
import CleaveModel
import CleaveNetwork
import CleaveRuntime
import CleaveStorage
import Foundation
import TestSupport
import Testing

#if Network
  /// Two processes: `cleave serve`, and `cleave run` that asks it.
  @Suite(.timeLimit(.minutes(3))) struct ServeCommandTests {
    private let scratch: Scratch

    init() throws {
      scratch = try Scratch()
      _ = try TinyModel.llama3.bundles(exits: [2, 4], into: scratch)
    }

    private func serve(port: Int = 0, _ more: String...) throws -> (Process, JSONNode) {
      try Command.serve(scratch("cloud"), port: port, more)
    }

    private func arguments(cloud: String, tokens: Int = 24) -> [String] {
      [
        "run", scratch("edge"), "--cloud", cloud, "--prompt", "hello there", "--threshold", "2",
        "--max-tokens", "\(tokens)", "--json", "--threads", "1",
      ]
    }

    private func ids(_ result: JSONNode) throws -> [Int] {
      try result.required("tokens").elements().map { try $0.required("id").int() }
    }

    @Test func theTokensAreThoseOfOneProcess() throws {
      let expected = try ids(try Command(arguments(cloud: scratch("cloud"))).json())
      #expect(!expected.isEmpty)
      let (server, listening) = try serve(port: 0, "--metrics", "127.0.0.1:0")
      let port = try listening.required("port").int()
      let result = try Command(arguments(cloud: "127.0.0.1:\(port)"))
      #expect(result.status == 0, "\(result.errors)")
      #expect(try ids(try result.json()) == expected)
      let address = try listening.required("metrics").string()
      let metrics = try Command.get("/metrics", address)
      #expect(metrics.hasPrefix("HTTP/1.1 200 OK\r\n"))
      #expect(metrics.contains("text/plain; version=0.0.4\r\n"))
      #expect(metrics.contains("cleave_streams_total 1\n"))
      for path in ["/", "/metrics/more", "/other"] {
        #expect(try Command.get(path, address).hasPrefix("HTTP/1.1 404 Not Found\r\n"))
      }
      // A signal to stop ends it in order.
      server.terminate()
      server.waitUntilExit()
      #expect(server.terminationReason == .exit && server.terminationStatus == 0)
      let gone = try Command(arguments(cloud: "127.0.0.1:\(port)"))
      #expect(gone.status == 4)
    }

    /// `cleave profile --cloud` writes a file, and replaces it only where it is told to.
    @Test func aServerIsMeasured() throws {
      let (server, listening) = try serve()
      defer {
        server.terminate()
        server.waitUntilExit()
      }
      let file = scratch("cloud.json")
      let arguments = [
        "profile", "--cloud", "127.0.0.1:\(try listening.required("port").int())", "-o", file,
        "--time", "0.2", "-q",
      ]
      let first = try Command(arguments)
      #expect(first.status == 0, "\(first.errors)")
      #expect(first.output.contains("an answer by positions that run: 1 "))
      #expect(try LinkProfile(path: file).server?.firstBlock == 2)
      #expect(try Command(arguments).status == 2)
      let again = try Command(arguments + ["--force", "--json"])
      #expect(again.status == 0, "\(again.errors)")
      #expect(try LinkProfile(try again.json()) == LinkProfile(path: file))
    }

    @Test func metricsAreServedOnIPv6() throws {
      let (server, listening) = try serve(port: 0, "--metrics", "[::1]:0")
      defer {
        server.terminate()
        server.waitUntilExit()
      }
      let address = try listening.required("metrics").string()
      #expect(address.hasPrefix("[::1]:"))
      #expect(try Command.get("/metrics", address).contains("cleave_serving 1\n"))
    }

    /// The two commands of README.md: TLS, a token, and who has none.
    @Test func encryptedAndWithATokenTheTokensAreTheSame() throws {
      let expected = try ids(try Command(arguments(cloud: scratch("cloud"))).json())
      let tls = Golden.path("tls")
      _ = try scratch.write(
        "ada 0123456789abcdefghij\nbob 9876543210abcdefghij\n", to: "tokens.txt")
      _ = try scratch.write("0123456789abcdefghij\n", to: "token.txt")
      _ = try scratch.write("0123456789abcdefghiX\n", to: "wrong.txt")
      let (server, listening) = try serve(
        port: 0, "--tls-certificate", "\(tls)/server.pem", "--tls-key", "\(tls)/server.key",
        "--tokens", scratch("tokens.txt"))
      defer {
        server.terminate()
        server.waitUntilExit()
      }
      let address = "localhost:\(try listening.required("port").int())"
      for (name, more, status) in [
        ("token.txt", ["--look-ahead", "8"], 0), ("token.txt", ["--lossless"], 0),
        ("token.txt", ["--max-wait", "60"], 0), ("token.txt", ["--codec", "auto"], 0),
        ("wrong.txt", [], 4),
      ] as [(String, [String], Int32)] {
        let result = try Command(
          arguments(cloud: address)
            + ["--tls-ca", "\(tls)/ca.pem", "--token-file", scratch(name)] + more)
        #expect(result.status == status, "\(more) \(result.errors)")
        if status == 0 { #expect(try ids(try result.json()) == expected, "\(more)") }
        if status != 0 { #expect(result.errors.contains("token")) }
      }
    }

    /// Two hundred at once on a server with a mebibyte for all their states: each has its own text, and the
    /// process stays within that, what it was, and what two hundred connections take.
    @Test func twoHundredSessionsStayInTheirMemory() async throws {
      let (edge, cloud) = (
        try Artifact(opening: scratch("edge")), try Artifact(opening: scratch("cloud"))
      )
      let (server, listening) = try serve(
        port: 0, "--memory", "1", "--threads", "2", "--max-sessions", "200", "--metrics",
        "127.0.0.1:0")
      defer {
        server.terminate()
        server.waitUntilExit()
      }
      let pool = try ThreadPool(threads: 1)
      let (model, manager) = (
        try EdgeModel(edge), CloudContextManager(try CloudModel(cloud), pool: pool)
      )
      let remote = try RemoteCloud(
        HostAndPort(host: "127.0.0.1", port: try listening.required("port").int()))
      @Sendable func text(_ link: any CloudLink, _ seed: Int) async throws -> [Int] {
        let client = try await CloudClient(link, edge: edge.manifest, deadline: .seconds(120))
        let session = EdgeSession(
          model, policy: .off(exits: 2), cloud: client,
          options: .init(lookAhead: seed % 2 * 4, leastChance: 0), pool: pool)
        let prompt = (0...(seed % 60)).map { (seed * 31 + $0 * $0 * 7 + 3) % 300 }
        let text = try await Generation(maxTokens: 6).run(session, prompt: prompt).answers
        await client.close()
        return text.map(\.token)
      }
      _ = try await text(try await remote.connect(), 1)
      let before = try peakKilobytes(server)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for seed in 0..<200 {
          group.addTask {
            let found = try await text(try await remote.connect(), seed)
            #expect(found == (try await text(InProcessLink(manager), seed)), "\(seed)")
          }
        }
        try await group.waitForAll()
      }
      let grown = try peakKilobytes(server) - before
      print("two hundred sessions: \(grown) kB more at the peak")
      #expect(grown <= 1024 + 200 * 256)
      let metrics = try Command.get("/metrics", try listening.required("metrics").string())
      #expect(!metrics.contains("cleave_evictions_total 0\n"))
    }

    private func peakKilobytes(_ process: Process) throws -> Int {
      let status = try String(
        contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)
      let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
      return try #require(Int(line.split(whereSeparator: \.isWhitespace)[1]))
    }

    /// A server that is killed after the fifth token and started again on its port: the same tokens.
    @Test func aServerThatIsKilledComesBack() async throws {
      let (edge, cloud) = (
        try Artifact(opening: scratch("edge")), try Artifact(opening: scratch("cloud"))
      )
      let pool = try ThreadPool(threads: 1)
      func tokens(
        _ client: CloudClient, onAnswer: (Answer) throws -> Bool
      ) async throws -> [Int] {
        let session = EdgeSession(
          try EdgeModel(edge), policy: .off(exits: 2),
          cloud: client, pool: pool)
        let generation = Generation(maxTokens: 12, stopTokens: [])
        return try await generation.run(session, prompt: [1, 2, 3], onAnswer: onAnswer)
          .answers.map(\.token)
      }
      let manager = CloudContextManager(try CloudModel(cloud), pool: pool)
      let alone = try await CloudClient(InProcessLink(manager), edge: edge.manifest)
      let expected = try await tokens(alone) { _ in true }
      let (first, listening) = try serve()
      let port = try listening.required("port").int()
      let remote = try RemoteCloud(HostAndPort(host: "127.0.0.1", port: port))
      let client = try await CloudClient(
        try await remote.connect(), edge: edge.manifest, deadline: .seconds(30),
        reconnection: remote.reconnection)
      var (count, second): (Int, Process?) = (0, nil)
      let found = try await tokens(client) { _ in
        count += 1
        guard count == 5 else { return true }
        kill(first.processIdentifier, SIGKILL)
        first.waitUntilExit()
        second = try serve(port: port).0
        return true
      }
      #expect(found == expected && found.count == 12)
      #expect(await client.reconnections > 0)
      await client.close()
      second?.terminate()
      second?.waitUntilExit()
    }

    private static let python = ProcessInfo.processInfo.environment["CLEAVE_GRPC_PYTHON"]

    /// A peer of other people's gRPC and protobuf: health, reflection, and a session.
    @Test(.enabled(if: python != nil, "CLEAVE_GRPC_PYTHON names no python3 that has grpcio"))
    func aPythonClientIsAnswered() throws {
      let (server, listening) = try serve()
      defer { server.terminate() }
      let port = try listening.required("port").int()
      let states = try scratch.write(
        (0..<(5 * 48)).flatMap { index in
          withUnsafeBytes(of: Float(index % 7).bitPattern.littleEndian) { Array($0) }
        }, to: "states.f32")
      let process = Process()
      process.executableURL = URL(fileURLWithPath: Self.python ?? "")
      process.arguments = [
        Golden.path("../../tools/client/cloud_client.py"), "127.0.0.1:\(port)", states, "--asks",
        "2", "--health", "--reflection",
      ]
      let output = Pipe()
      process.standardOutput = output
      try process.run()
      let bytes = Array(output.fileHandleForReading.readDataToEndOfFile())
      process.waitUntilExit()
      #expect(process.terminationStatus == 0)
      let result = try JSONNode(parsing: bytes, file: "python")
      #expect(try result.required("health").string() == "SERVING")
      #expect(try result.required("watch").string() == "SERVING")
      #expect(
        try result.required("services").elements().map { try $0.string() } == [
          "cleave.cloud.v1.Cloud", "grpc.health.v1.Health", "grpc.reflection.v1.ServerReflection",
        ])
      #expect(
        try result.required("files").elements().map { try $0.string() } == [
          "cloud.proto", "health.proto",
        ])
      let answers = try result.required("answers").elements()
      #expect(try answers.map { try $0.required("position").int() } == [5, 5])
      let tokens = try answers.map { try $0.required("token").int() }
      #expect(tokens.count == 2 && tokens[0] == tokens[1])
    }

    @Test func plaintextBeyondThisMachineIsAUsageError() throws {
      let result = try Command("serve", scratch("cloud"), "--listen", "0.0.0.0:0")
      #expect(result.status == 2)
      #expect(result.errors.contains("--insecure-plaintext"))
      let edge = try Command("serve", scratch("edge"))
      #expect(edge.status == 2)
      let client = try Command(arguments(cloud: "192.0.2.1:9"))
      #expect(client.status == 2 && client.errors.contains("--insecure-plaintext"))
    }
  }
#else
  @Suite struct ServeCommandTests {
    @Test func aLeanBuildSaysHowToGetTheNetwork() throws {
      let result = try Command("serve", "cloud")
      #expect(result.status == 2)
      #expect(result.errors.contains("--traits Network"))
    }
  }
#endif
