import ArgumentParser
import CleaveGenerate
import CleaveStorage

/// Options of how `cleave run` reaches a cloud at HOST:PORT.
struct RemoteOptions: ParsableArguments {
  @Flag(help: "Speak TLS to the cloud, and trust the system's certificate authorities.")
  var tls = false

  @Option(help: "Speak TLS to the cloud, and trust the certificate authorities in this PEM file.")
  var tlsCa: String?

  @Option(help: "PEM file of the certificate to show to a cloud that asks for one.")
  var tlsCertificate: String?

  @Option(help: "PEM file of the private key of --tls-certificate.")
  var tlsKey: String?

  @Option(help: "File that holds the bearer token which the cloud requires.")
  var tokenFile: String?

  @Flag(help: "Allow an unencrypted connection to a cloud on another machine.")
  var insecurePlaintext = false

  @Option(help: "Seconds to wait for any reply of the cloud.")
  var askDeadline = 30.0

  func validate() throws {
    guard (tlsCertificate == nil) == (tlsKey == nil) else {
      throw ValidationError("--tls-certificate and --tls-key: expected both or neither")
    }
    guard askDeadline > 0, askDeadline <= 86400 else {
      throw ValidationError("--ask-deadline: expected above 0, up to 86400 seconds")
    }
    guard !insecurePlaintext || !usesTLS else {
      throw ValidationError("--insecure-plaintext does not go with TLS: expected one of them")
    }
  }

  private var usesTLS: Bool { tls || tlsCa != nil || tlsCertificate != nil }

  /// Whether an option was given that only a cloud at HOST:PORT can heed.
  var isGiven: Bool { usesTLS || tokenFile != nil || insecurePlaintext }

  /// - Throws: `InputError` for a token file that cannot be read or holds anything else.
  func access() throws -> ServerAccess {
    try Descriptors.requireForNetwork()
    var access = ServerAccess()
    if usesTLS {
      access.tls = ServerAccess.TLS(
        authorities: tlsCa,
        certificate: tlsCertificate.flatMap { chain in tlsKey.map { (chain, $0) } })
    }
    access.token = try tokenFile.map(Self.token)
    access.allowsPlaintext = insecurePlaintext
    access.deadline = .seconds(askDeadline)
    return access
  }

  static func token(in path: String) throws -> String {
    let words = try TextFile.read(path).split(whereSeparator: \.isWhitespace)
    guard words.count == 1 else {
      throw InputError(
        file: path, found: "\(words.count) words", expected: "a token and nothing else")
    }
    return String(words[0])
  }
}
