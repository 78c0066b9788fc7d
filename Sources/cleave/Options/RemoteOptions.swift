import ArgumentParser
import CleaveNetwork
import CleaveRuntime
import CleaveStorage

/// How `cleave run` speaks to a cloud on another machine.
struct RemoteOptions: ParsableArguments {
  @Flag(help: "Speak TLS to the cloud, trusting the system's authorities.")
  var tls = false

  @Option(help: "Speak TLS, trusting the authorities in this PEM file.")
  var tlsCa: String?

  @Option(help: "PEM certificate to show to a cloud that asks for one.")
  var tlsCertificate: String?

  @Option(help: "PEM private key of --tls-certificate.")
  var tlsKey: String?

  @Option(help: "File with the bearer token that the cloud wants.")
  var tokenFile: String?

  @Flag(help: "Speak unencrypted to a cloud on another machine.")
  var insecurePlaintext = false

  @Option(help: "Longest wait for a reply of the cloud, in seconds.")
  var askDeadline = 30.0

  func validate() throws {
    guard (tlsCertificate == nil) == (tlsKey == nil) else {
      throw ValidationError("--tls-certificate and --tls-key go together")
    }
    guard askDeadline > 0, askDeadline <= 86400 else {
      throw ValidationError("--ask-deadline: expected above 0, up to 86400 seconds")
    }
    guard !insecurePlaintext || !usesTLS else {
      throw ValidationError("--insecure-plaintext is without TLS")
    }
  }

  var usesTLS: Bool { tls || tlsCa != nil || tlsCertificate != nil }
  /// Whether something was said that only a remote cloud has a use for.
  var isGiven: Bool { usesTLS || tokenFile != nil || insecurePlaintext }
  var deadline: Duration { .seconds(askDeadline) }
}

#if Network
  extension RemoteOptions {
    /// - Throws: `InputError` for files that cannot be read, and plaintext that was not asked for.
    func cloud(at location: HostAndPort) throws -> RemoteCloud {
      let tls =
        usesTLS
        ? ClientTLS(
          authorities: tlsCa,
          certificate: tlsCertificate.flatMap { chain in tlsKey.map { (chain, $0) } })
        : nil
      try tls?.check()
      let token = try tokenFile.map { path in
        let words = try TextFile.read(path).split(whereSeparator: \.isWhitespace)
        guard words.count == 1 else {
          throw InputError(
            file: path, found: "\(words.count) words", expected: "a token and nothing else")
        }
        return String(words[0])
      }
      return try RemoteCloud(
        location, tls: tls, token: token, insecurePlaintext: insecurePlaintext)
    }
  }
#endif
