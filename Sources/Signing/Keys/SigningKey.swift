import CleaveStorage
import Crypto
import FoundationEssentials

/// A private key, ECDSA over P-256, that artifacts are signed with.
package struct SigningKey: Sendable {
  private let key: P256.Signing.PrivateKey

  /// Reads a private key in PEM (PKCS#8 or SEC 1).
  ///
  /// - Throws: `InputError` for anything else: another curve, a public key, one that a password encrypts.
  package init(path: String) throws {
    let text = try KeyFile.text(path)
    guard let key = try? P256.Signing.PrivateKey(pemRepresentation: text) else {
      throw KeyFile.refusal(
        path, text, expected: "a private key of the curve P-256 in PEM, without a password",
        advice:
          "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out key.pem makes one.")
    }
    self.key = key
  }

  /// The key that checks what this one signs.
  package var trusted: TrustedKey { TrustedKey(key.publicKey) }

  /// The signature of a message, in DER.
  func sign(_ message: Data) throws -> Data { try key.signature(for: message).derRepresentation }
}
