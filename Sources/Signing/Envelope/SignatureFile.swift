import CleaveStorage
import FoundationEssentials

/// A signature as it lies beside a model: a Sigstore bundle, version 0.3, with a DSSE envelope and the name of the key.
package struct SignatureFile {
  static let mediaType = "application/vnd.dev.sigstore.bundle.v0.3+json"
  static let payloadType = "application/vnd.in-toto+json"

  /// The statement in JSON, as it was signed.
  package let payload: Data
  /// In DER.
  package let signature: Data
  /// The SHA-256 of the public key in PEM; nil where the signer did not say.
  package let hint: String?

  /// Signs a statement.
  init(_ statement: ModelStatement, key: SigningKey) throws {
    payload = Data(statement.json.text(pretty: false).utf8)
    signature = try key.sign(Self.message(payload))
    hint = key.trusted.hint
  }

  /// Whether the signature is the key's over the payload.
  func isSigned(by key: TrustedKey) -> Bool { key.accepts(signature, of: Self.message(payload)) }

  /// What is signed: DSSE's pre-authentication encoding of the payload.
  private static func message(_ payload: Data) -> Data {
    Data("DSSEv1 \(payloadType.utf8.count) \(payloadType) \(payload.count) ".utf8) + payload
  }

  package var json: JSON {
    [
      "mediaType": .string(Self.mediaType),
      "verificationMaterial": [
        "publicKey": ["hint": .string(hint ?? "")], "tlogEntries": [],
      ],
      "dsseEnvelope": [
        "payload": .string(payload.base64EncodedString()),
        "payloadType": .string(Self.payloadType),
        "signatures": [["sig": .string(signature.base64EncodedString()), "keyid": ""]],
      ],
    ]
  }
}
