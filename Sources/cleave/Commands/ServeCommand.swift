import ArgumentParser
import CleaveNetwork
import CleaveRuntime
import CleaveStorage
import CleaveSystem

/// The command `cleave serve`.
struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract:
      "Serve a cloud bundle to edges, a middle bundle between, or an edge to clients of OpenAI's interface.",
    discussion: """
      Edges connect with `cleave run EDGE --cloud HOST:PORT`. On a loopback address the server speaks \
      plaintext; on any other it needs --tls-certificate and --tls-key. After SIGTERM or Ctrl-C, sessions \
      may finish for as long as --drain says. A middle bundle of `cleave partition --tiers` answers with its own \
      exits, and asks the server at --cloud where none is confident. With --api an edge bundle, alone or with \
      --cloud, or a model artifact answers clients of OpenAI's interface (docs/api.md). Needs a build with --traits \
      Network.
      """)

  @Argument(
    help: "Cloud bundle, or a middle bundle with --cloud; with --api an edge bundle or a model.")
  var bundle: String

  @OptionGroup(title: "Signatures") var trust: TrustOptions

  @OptionGroup(title: "Asking the tier behind a middle bundle or an edge") var behind: BehindOptions

  @OptionGroup(title: "Serving OpenAI's interface") var api: APIOptions

  @Option(
    help: "Address to listen on, HOST:PORT; port 0 takes a free port (default: 127.0.0.1:7070).")
  var listen: String?

  @Option(help: "PEM file of the certificate chain to show to edges.")
  var tlsCertificate: String?

  @Option(help: "PEM file of the private key of --tls-certificate.")
  var tlsKey: String?

  @Option(
    help: "Require a certificate of edges, from the certificate authorities in this PEM file.")
  var clientCa: String?

  @Option(
    help: """
      Require one of the bearer tokens in this file. Each line holds a client's name and its token.
      """)
  var tokens: String?

  @Flag(help: "Allow unencrypted connections from other machines.")
  var insecurePlaintext = false

  @Option(help: "The most sessions at the same time.")
  var maxSessions = 256

  @Option(
    help: """
      The most sessions of one client at the same time; a client is a token, or an address without \
      tokens (default: no limit).
      """)
  var maxClientSessions: Int?

  @Option(
    help: """
      The most positions per second that one client may upload; a faster client is slowed down (default: \
      no limit).
      """)
  var clientRate: Double?

  @Option(
    name: .customLong("memory"),
    help: "Memory for the hidden states and KV caches of all sessions, in MiB, beside the model.")
  var memoryMiB = 2048

  @Option(
    name: .customLong("target-p95"),
    help: """
      Milliseconds in which 95 % of requests are to be answered, as far as the machine can: computes fewer \
      positions at a time (default: as many as cost least).
      """)
  var targetP95: Double?

  @Option(help: "Seconds without a message after which a session ends.")
  var idle = 600.0

  @Option(help: "Seconds that sessions may go on after a signal to stop.")
  var drain = 10.0

  @Option(
    help: "Address, HOST:PORT, that serves metrics for Prometheus at GET /metrics (default: none).")
  var metrics: String?

  @Option(
    help: "Lowest level of log messages: trace, debug, info, notice, warning or error.")
  var logLevel = "info"

  @OptionGroup var engine: EngineOptions

  @Flag(
    help: "Print one JSON line on standard output when the server listens, and log in JSON lines.")
  var json = false

  func validate() throws {
    guard listen.map({ HostAndPort($0) != nil }) ?? true else {
      throw ValidationError("--listen \(listen ?? ""): expected ADDRESS:PORT")
    }
    guard metrics.map({ HostAndPort($0) != nil }) ?? true else {
      throw ValidationError("--metrics \(metrics ?? ""): expected ADDRESS:PORT")
    }
    guard (tlsCertificate == nil) == (tlsKey == nil) else {
      throw ValidationError("--tls-certificate and --tls-key: expected both or neither")
    }
    guard clientCa == nil || tlsCertificate != nil else {
      throw ValidationError("--client-ca: expected --tls-certificate too")
    }
    guard !insecurePlaintext || tlsCertificate == nil else {
      throw ValidationError("--insecure-plaintext does not go with TLS: expected one of them")
    }
    guard behind.cloud == nil || targetP95 == nil else {
      throw ValidationError("--target-p95 is for a cloud: a middle bundle makes no passes")
    }
    try api.check(
      behind, hasOthers: tlsCertificate != nil || tokens != nil || metrics != nil || listen != nil)
    guard maxSessions > 0 else { throw ValidationError("--max-sessions: expected at least 1") }
    guard maxClientSessions ?? 1 > 0, clientRate ?? 1 > 0, (1...(1 << 30)).contains(memoryMiB)
    else {
      throw ValidationError("--max-client-sessions, --client-rate, --memory: expected above 0")
    }
    guard targetP95.map({ $0 > 0 && $0 <= 3_600_000 }) ?? true else {
      throw ValidationError("--target-p95: expected above 0 milliseconds, at most an hour")
    }
    guard idle > 0, idle <= 30 * 86400 else {
      throw ValidationError("--idle: expected above 0 seconds, at most 30 days")
    }
    guard drain >= 0, drain <= 86400 else {
      throw ValidationError("--drain: expected 0 to 86400 seconds")
    }
    guard ["trace", "debug", "info", "notice", "warning", "error"].contains(logLevel) else {
      throw ValidationError(
        "--log-level \(logLevel): expected trace, debug, info, notice, warning or error")
    }
  }

  func run() async throws {
    #if Network
      // Sessions are worth waiting for where the system is short of threads for a while.
      cleave_wait_for_threads(60)
      if api.address != nil { try await serveAPI() } else { try await serve() }
    #else
      throw NetworkMissing()
    #endif
  }
}
