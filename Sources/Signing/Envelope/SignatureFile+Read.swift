import CleaveStorage
import FoundationEssentials

extension SignatureFile {
  /// The largest file that is read: some hundred thousand files of a model.
  private static let largest = 1 << 26

  /// Reads a signature.
  ///
  /// - Throws: `InputError` for a file that is no Sigstore bundle, or one without a single signature by a key.
  package init(path: String) throws {
    try self.init(FileSystem.readJSON(path, limit: Self.largest))
  }

  init(_ json: JSONNode) throws {
    try Self.require(json.required("mediaType"), Self.mediaType)
    let envelope = try json.required("dsseEnvelope")
    try Self.require(envelope.required("payloadType"), Self.payloadType)
    payload = try Self.bytes(envelope.required("payload"))
    let signatures = try envelope.required("signatures").elements()
    guard signatures.count == 1, let only = signatures.first else {
      throw try envelope.required("signatures").refuse(
        expected: "one signature", found: "\(signatures.count)")
    }
    signature = try Self.bytes(only.required("sig"))
    let material = try json.required("verificationMaterial")
    guard let key = try material.optional("publicKey") else {
      throw material.refuse(
        expected: "publicKey: a signature by a key", found: "another signer, as a certificate",
        advice: "Check it with the tool that made it, or sign the bundle with a key.")
    }
    let text = try key.optional("hint")?.string() ?? ""
    hint = text.isEmpty ? nil : text
  }

  /// The statement that is signed.
  package func statement(in path: String) throws -> ModelStatement {
    try ModelStatement(JSONNode(parsing: Array(payload), file: path))
  }

  private static func require(_ node: JSONNode, _ text: String) throws {
    guard try node.string() == text else { throw node.refuse(expected: "\"\(text)\"") }
  }

  private static func bytes(_ node: JSONNode) throws -> Data {
    guard let data = Data(base64Encoded: try node.string()) else {
      throw node.refuse(expected: "base64", found: "a text that is not")
    }
    return data
  }
}
