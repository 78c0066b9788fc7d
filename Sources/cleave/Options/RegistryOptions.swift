import ArgumentParser
import CleaveNetwork
import CleaveRegistry
import CleaveStorage
import Foundation

/// Options of how `cleave push` and `cleave pull` reach a registry.
struct RegistryOptions: ParsableArguments {
  @Option(
    help: """
      File with the login: USER:PASSWORD, or a token alone (default: what docker login keeps in config.json).
      """)
  var tokenFile: String?

  @Option(help: "Trust the certificate authorities in this PEM file, not the system's.")
  var tlsCa: String?

  @Flag(help: "Speak HTTP without encryption, to a registry of this machine.")
  var plainHttp = false

  @Flag(help: "With --plain-http: to a registry of another machine too.")
  var insecurePlaintext = false

  @Option(help: ArgumentHelp("Files that are transferred at a time.", valueName: "count"))
  var parallel = 4

  func validate() throws {
    guard (1...64).contains(parallel) else {
      throw ValidationError("--parallel \(parallel): expected 1 to 64")
    }
    guard !plainHttp || tlsCa == nil else {
      throw ValidationError("--plain-http does not go with --tls-ca: expected one of them")
    }
    guard !insecurePlaintext || plainHttp else {
      throw ValidationError("--insecure-plaintext needs --plain-http")
    }
  }

  /// - Throws: `InputError` for a file of a login that cannot be read or holds anything else.
  func access() throws -> RegistryAccess {
    try Descriptors.requireForNetwork()
    var access = RegistryAccess()
    access.speaksPlainHTTP = plainHttp
    access.allowsPlaintext = insecurePlaintext
    access.authorities = tlsCa
    access.credential = try tokenFile.map(Credential.init(file:))
    if access.credential == nil {
      access.configuration = try DockerConfiguration(
        environment: ProcessInfo.processInfo.environment)
    }
    return access
  }
}
