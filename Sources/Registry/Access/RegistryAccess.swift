/// How a registry is reached: encryption, login and patience.
package struct RegistryAccess: Sendable {
  /// Whether HTTP is spoken in place of HTTPS.
  package var speaksPlainHTTP = false
  /// Whether plain HTTP may leave this machine.
  package var allowsPlaintext = false
  /// File of the authorities, in PEM, that the registry's certificate may come from; nil trusts the system's.
  package var authorities: String?
  /// The login; nil takes that of Docker's configuration.
  package var credential: Credential?
  package var configuration: DockerConfiguration?
  package var retries = RetryPolicy()

  package init() {}
}
