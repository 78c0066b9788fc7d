import ArgumentParser
import CleaveGenerate
import CleaveModel
import CleaveNetwork
import CleaveRuntime
import CleaveStorage

/// Options of how a served middle bundle reaches the tier behind it.
struct BehindOptions: ParsableArguments {
  @Option(
    help: "HOST:PORT of the served bundle of the tier behind; for an edge also a cloud bundle.")
  var cloud: String?

  @Option(
    help: """
      Confidence from which the middle's exits answer: one number for all, or one for each as in 0.8,0.9. A \
      number above 1 switches an exit off (default: the bundle's own thresholds).
      """)
  var threshold: String?

  @Option(help: "Speak TLS to it, and trust the certificate authorities in this PEM file.")
  var cloudTlsCa: String?

  @Option(help: "File that holds the bearer token which it requires.")
  var cloudTokenFile: String?

  @Flag(help: "Allow an unencrypted connection to it on another machine.")
  var cloudInsecurePlaintext = false

  @Option(help: "Seconds to wait for any reply of it.")
  var cloudDeadline = 30.0

  func validate() throws {
    guard !cloudInsecurePlaintext || cloudTlsCa == nil else {
      throw ValidationError(
        "--cloud-insecure-plaintext does not go with TLS: expected one of them")
    }
    guard cloudDeadline > 0, cloudDeadline <= 86400 else {
      throw ValidationError("--cloud-deadline: expected above 0, up to 86400 seconds")
    }
    _ = try given()
  }

  /// Checks that the options are whole where a middle bundle is served.
  func checkMiddle() throws {
    guard cloud != nil || (threshold == nil && !isRemoteGiven) else {
      throw ValidationError("--threshold and --cloud-... are for a middle bundle: expected --cloud")
    }
    guard cloud.map({ (HostAndPort($0)?.port ?? 0) > 0 }) ?? true else {
      throw ValidationError("--cloud \(cloud ?? ""): expected HOST:PORT")
    }
  }

  /// Whether an option was given that only a server at HOST:PORT can heed.
  var isRemoteGiven: Bool { cloudTlsCa != nil || cloudTokenFile != nil || cloudInsecurePlaintext }

  /// The thresholds as they were given: one for all exits, or one for each.
  func given() throws -> [Double]? {
    guard let threshold else { return nil }
    return try ThresholdList(threshold).values
  }

  /// The thresholds that were given, one for each exit; nil for the bundle's own.
  func thresholds(of manifest: Manifest) throws -> [Double]? {
    guard let given = try given() else { return nil }
    let count = manifest.exits.count
    guard given.count == 1 || given.count == count else {
      throw ValidationError(
        "--threshold: \(given.count) numbers; expected one, or one for each of the \(count) exits")
    }
    return given.count == 1 ? Array(repeating: given[0], count: count) : given
  }
}

extension BehindOptions {
  /// How an edge reaches a cloud at HOST:PORT.
  ///
  /// - Throws: `InputError` for a token file that cannot be read or holds anything else.
  func access() throws -> ServerAccess {
    var access = ServerAccess()
    access.tls = cloudTlsCa.map { ServerAccess.TLS(authorities: $0) }
    access.token = try cloudTokenFile.map(RemoteOptions.token)
    access.allowsPlaintext = cloudInsecurePlaintext
    access.deadline = .seconds(cloudDeadline)
    return access
  }
}

#if Network
  extension BehindOptions {
    /// Opens sessions with the tier behind.
    func opener(of middle: Manifest, _ numerics: Numerics) throws -> MiddleTier.Behind {
      // Checked in validate().
      guard let address = cloud.flatMap({ HostAndPort($0) }) else {
        preconditionFailure("an address")
      }
      let tls = cloudTlsCa.map { ClientTLS(authorities: $0, certificate: nil) }
      try tls?.check()
      let token = try cloudTokenFile.map(RemoteOptions.token)
      let remote = try UsageError.naming([.cloudEncryption: "--cloud"]) {
        try RemoteCloud(
          address, tls: tls, token: token, insecurePlaintext: cloudInsecurePlaintext)
      }
      let deadline = Duration.seconds(cloudDeadline)
      return { exitsMayAnswer in
        try await CloudClient(
          try await remote.connect(), edge: middle, numerics: numerics,
          exitsMayAnswer: exitsMayAnswer, deadline: deadline, reconnection: remote.reconnection)
      }
    }
  }
#endif
