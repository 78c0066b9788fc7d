import CleaveModel
import CleaveStorage

/// What a bundle is made of, as CycloneDX 1.6 has machine-learning models.
struct BillOfMaterials {
  private let manifest: Manifest
  private let digest: FileDigest
  private let account: BuildAccount

  /// - Parameter digest: of the bundle's own manifest.
  init(_ manifest: Manifest, _ digest: FileDigest, _ account: BuildAccount) {
    self.manifest = manifest
    self.digest = digest
    self.account = account
  }

  var json: JSON {
    [
      "bomFormat": "CycloneDX", "specVersion": "1.6", "serialNumber": .string(serialNumber),
      "version": 1, "metadata": .object(metadata),
      "components": .array(account.inputs.enumerated().map { Self.component($0, $1) }),
      "dependencies": [
        [
          "ref": "bundle",
          "dependsOn": .array(account.inputs.indices.map { .string(Self.reference($0)) }),
        ]
      ],
    ]
  }

  /// A number that the bundle alone has, made of its manifest's digest (RFC 9562, version 8).
  private var serialNumber: String {
    var bytes = Array(digest.bytesOfSHA256.prefix(16))
    bytes[6] = 0x80 | bytes[6] & 0x0F
    bytes[8] = 0x80 | bytes[8] & 0x3F
    let digits = Array(bytes.hexadecimal)
    return "urn:uuid:"
      + [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(digits[$0]) }
      .joined(separator: "-")
  }

  private var metadata: JSONObject {
    var metadata = JSONObject()
    if let date = account.date { metadata["timestamp"] = .string(BuildStatement.text(date)) }
    metadata["tools"] = [
      "components": [
        [
          "type": "application", "name": .string(account.tool),
          "version": .string(account.version),
        ]
      ]
    ]
    metadata["component"] = .object(bundle)
    return metadata
  }

  private var bundle: JSONObject {
    var component = JSONObject([
      ("type", "machine-learning-model"), ("bom-ref", "bundle"),
      ("name", .string("\(account.name)-\(manifest.role.rawValue)")),
      ("version", .string(manifest.modelID)),
      ("description", .string(BundleWords(manifest).summary)),
      ("hashes", [Self.hash(digest)]),
    ])
    let licenses = manifest.sourceLicense.map { LicenseWords($0).cycloneDX }
    component["licenses"] = licenses
    component["pedigree"] = ["ancestors": [.object(ancestor(licenses))]]
    component["modelCard"] = ModelCardFigures(manifest, account).json
    return component
  }

  /// The model that the bundle is a part of.
  private func ancestor(_ licenses: JSON?) -> JSONObject {
    let source = account.inputs.first(where: \.isCheckpoint)?.name
    var component = JSONObject([
      ("type", "machine-learning-model"), ("name", .string(source ?? account.name)),
    ])
    component["licenses"] = licenses
    return component
  }

  private static func component(_ index: Int, _ input: BuildAccount.Input) -> JSON {
    [
      "type": input.isCheckpoint ? "file" : "data", "bom-ref": .string(reference(index)),
      "name": .string(input.name), "description": .string(input.key),
      "hashes": [hash(input.digest)],
    ]
  }

  static func reference(_ index: Int) -> String { "input-\(index)" }

  private static func hash(_ digest: FileDigest) -> JSON {
    ["alg": "SHA-256", "content": .string(digest.sha256)]
  }
}
