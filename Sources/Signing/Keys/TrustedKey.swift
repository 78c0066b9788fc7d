import CleaveStorage
import Crypto
import FoundationEssentials

/// A public key, ECDSA over P-256, that signatures are checked with.
package struct TrustedKey: Sendable {
  private let key: P256.Signing.PublicKey

  init(_ key: P256.Signing.PublicKey) { self.key = key }

  /// Reads a public key in PEM (SubjectPublicKeyInfo).
  ///
  /// - Throws: `InputError` for anything else: another curve, a private key, a certificate.
  package init(path: String) throws {
    let text = try KeyFile.text(path)
    guard KeyFile.label(text) == "PUBLIC KEY",
      let key = try? P256.Signing.PublicKey(pemRepresentation: text)
    else {
      throw KeyFile.refusal(
        path, text, expected: "a public key of the curve P-256 in PEM",
        advice: "openssl ec -in key.pem -pubout -out key.pub writes that of a private key.")
    }
    self.init(key)
  }

  /// Whether the signature, in DER, is this key's over the message.
  func accepts(_ signature: Data, of message: Data) -> Bool {
    guard let signature = try? P256.Signing.ECDSASignature(derRepresentation: signature) else {
      return false
    }
    return key.isValidSignature(signature, for: message)
  }

  /// The SHA-256 of the key in PEM, by which signatures name it.
  package var hint: String { SHA256.hash(data: Data(pem.utf8)).hexadecimal }

  /// PEM in lines of 64 characters with a line end behind the last, which the hint is of.
  private var pem: String {
    let digits = Array(key.derRepresentation.base64EncodedString())
    let lines = stride(from: 0, to: digits.count, by: 64).map {
      String(digits[$0..<min($0 + 64, digits.count)])
    }
    return (["-----BEGIN PUBLIC KEY-----"] + lines + ["-----END PUBLIC KEY-----", ""])
      .joined(separator: "\n")
  }
}
