import CleaveModel
import CleaveStorage
import Crypto
import FoundationEssentials

/// What a signature says of a model: the SHA-256 of each of its files, as an in-toto statement of the OpenSSF Model Signing
/// specification 1.0.
package struct ModelStatement: Equatable {
  /// One file of the model.
  package struct Resource: Equatable {
    /// Relative to the model's directory, with `/`.
    let name: String
    /// 64 hexadecimal digits.
    let sha256: String
  }

  static let type = "https://in-toto.io/Statement/v1"
  static let predicateType = "https://model_signing/signature/v1.0"
  /// What is no part of a model: the signature, and what git keeps.
  static let standardIgnored = [
    ArtifactLayout.signature, ".git", ".gitattributes", ".github", ".gitignore",
  ]

  /// The name of the model's directory.
  let name: String
  /// In the order in which their digests make the root's.
  let resources: [Resource]
  /// Files and directories that it says nothing of, relative to the model's directory.
  let ignored: [String]

  /// The SHA-256 of all digests one behind another, as bytes.
  var rootDigest: String {
    var hash = SHA256()
    for resource in resources { hash.update(data: Data([UInt8](hexadecimal: resource.sha256))) }
    return hash.finalize().hexadecimal
  }

  package var json: JSON {
    [
      "_type": .string(Self.type),
      "subject": [["name": .string(name), "digest": ["sha256": .string(rootDigest)]]],
      "predicateType": .string(Self.predicateType),
      "predicate": [
        "serialization": [
          "method": "files", "hash_type": "sha256", "allow_symlinks": false,
          "ignore_paths": .array(ignored.map { .string($0) }),
        ],
        "resources": .array(
          resources.map {
            ["name": .string($0.name), "algorithm": "sha256", "digest": .string($0.sha256)]
          }),
      ],
    ]
  }
}
