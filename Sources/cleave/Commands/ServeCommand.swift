import ArgumentParser
import CleaveNetwork
import CleaveRuntime
import CleaveStorage

struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Serve a cloud bundle to edges on other machines.",
    discussion: """
      Edges ask it with `cleave run EDGE --cloud HOST:PORT`. On this machine's own addresses it speaks \
      plaintext; beyond, it wants --tls-certificate and --tls-key. SIGTERM and Ctrl-C let sessions \
      finish for as long as --drain says. Needs a build with --traits Network.
      """)

  @Argument(help: "Cloud bundle.")
  var cloud: String

  @Option(help: "Address to listen on; port 0 takes a free one.")
  var listen = "127.0.0.1:7070"

  @Option(help: "PEM certificate chain to show to edges.")
  var tlsCertificate: String?

  @Option(help: "PEM private key of --tls-certificate.")
  var tlsKey: String?

  @Option(help: "Edges must show a certificate of the authorities in this PEM file.")
  var clientCa: String?

  @Option(help: "File of bearer tokens that edges may show, a name and a token on each line.")
  var tokens: String?

  @Flag(help: "Speak unencrypted to other machines.")
  var insecurePlaintext = false

  @Option(help: "Most sessions at once.")
  var maxSessions = 256

  @Option(help: "Most sessions of one client: of one token, or of one address (default: any).")
  var maxClientSessions: Int?

  @Option(help: "Positions a second that a client may upload; faster ones are read slower.")
  var clientRate: Double?

  @Option(
    name: .customLong("memory"),
    help: "MiB of states and KV caches of all sessions, beside the model.")
  var memoryMiB = 2048

  @Option(help: "Seconds after which a silent session ends.")
  var idle = 600.0

  @Option(help: "Seconds that sessions may go on after a signal to stop.")
  var drain = 10.0

  @Option(help: "Address to answer GET /metrics on, for Prometheus (default: none).")
  var metrics: String?

  @Option(help: "What is told on standard error: trace, debug, info, notice, warning, error.")
  var logLevel = "info"

  @OptionGroup var engine: EngineOptions

  @Flag(help: "One JSON line on standard output when it listens; logs as JSON lines.")
  var json = false

  func validate() throws {
    guard HostAndPort(listen) != nil else {
      throw ValidationError("--listen \(listen): expected ADDRESS:PORT")
    }
    guard metrics.map({ HostAndPort($0) != nil }) ?? true else {
      throw ValidationError("--metrics \(metrics ?? ""): expected ADDRESS:PORT")
    }
    guard (tlsCertificate == nil) == (tlsKey == nil) else {
      throw ValidationError("--tls-certificate and --tls-key go together")
    }
    guard clientCa == nil || tlsCertificate != nil else {
      throw ValidationError("--client-ca needs --tls-certificate")
    }
    guard !insecurePlaintext || tlsCertificate == nil else {
      throw ValidationError("--insecure-plaintext is without TLS")
    }
    guard maxSessions > 0 else { throw ValidationError("--max-sessions: expected at least 1") }
    guard maxClientSessions ?? 1 > 0, clientRate ?? 1 > 0, (1...(1 << 30)).contains(memoryMiB)
    else {
      throw ValidationError("--max-client-sessions, --client-rate, --memory: expected above 0")
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
      try await serve()
    #else
      throw NetworkMissing()
    #endif
  }
}
