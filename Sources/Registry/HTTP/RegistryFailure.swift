#if Network
  import AsyncHTTPClient
  import CleaveStorage
  import NIOCore
  import NIOHTTP1
  import NIOPosix
  import NIOSSL

  /// A failure after which the same request may succeed.
  struct RegistryFailure {
    private let reason: String
    /// The wait that the registry asks for.
    let asked: Duration?

    private static let busy: Set<UInt> = [408, 429, 500, 502, 503, 504]

    /// The failure that a response stands for; nil where another attempt would not change it.
    ///
    /// - Throws: `RegistryError` for a registry that asks for a longer wait than anybody has.
    init?(_ response: HTTPClientResponse, _ retries: RetryPolicy, _ registry: String) throws {
      guard Self.busy.contains(response.status.code) else { return nil }
      reason = "\(response.status.code) \(response.status.reasonPhrase)"
      // The header may hold a date too; the usual wait serves then.
      asked = response.headers.first(name: "retry-after").flatMap { Int64($0) }
        .flatMap { $0 >= 0 ? .seconds(min($0, 1 << 31)) : nil }
      if let asked, asked > retries.longestAsked {
        throw RegistryError(
          registry, "\(reason), and to come back in \(asked.components.seconds) s",
          advice: "Try again then.")
      }
    }

    /// The failure that a broken connection stands for.
    ///
    /// - Throws: `RegistryError` where the two do not speak the same protocol: no attempt changes that.
    init(_ error: any Error, _ registry: String) throws {
      reason = Self.words(error)
      asked = nil
      if let tls = error as? NIOSSLError, case .handshakeFailed = tls {
        throw RegistryError(
          registry, "no encrypted connection: \(reason)",
          advice:
            "Give --tls-ca for a certificate of your own, or --plain-http for a registry without one."
        )
      }
    }

    /// Whether an error is the connection's, and no refusal of ours.
    static func isOfConnection(_ error: any Error) -> Bool {
      if let error = error as? HTTPClientError { return error != .cancelled }
      return error is IOError || error is NIOConnectionError || error is NIOSSLError
        || error is ChannelError || error is HTTPParserError
    }

    private static func words(_ error: any Error) -> String {
      switch error {
      case let error as HTTPClientError: error.shortDescription
      case let error as NIOConnectionError:
        "no connection to \(error.host):\(error.port)"
          + (error.connectionErrors.first.map { ": \($0.error)" } ?? "")
      default: "\(error)".shown(limit: 500)
      }
    }

    func error(_ registry: String, attempts: Int) -> RegistryError {
      RegistryError(
        registry, reason + (attempts > 1 ? ", \(attempts) times" : ""),
        advice: "What was transferred is kept: the same command goes on from there.")
    }

    /// What a person can do about a status.
    static func advice(_ status: HTTPResponseStatus) -> String? {
      switch status.code {
      case 401, 403: "Log in with docker login, or give --token-file."
      case 404: "Is the name right, and are you allowed to see it?"
      case 413: "Give smaller --chunk-size."
      default: nil
      }
    }
  }
#endif
