import CleaveStorage
import FoundationEssentials

/// How a bundle was built, as an in-toto statement (version 1) with SLSA's provenance (version 1) as its predicate.
struct BuildStatement {
  static let type = "https://in-toto.io/Statement/v1"
  static let predicateType = "https://slsa.dev/provenance/v1"
  /// What the parameters mean: docs/provenance.md.
  static let buildType = "urn:cleave:build:1"
  /// A builder that nobody vouches for.
  static let unknownBuilder = "urn:cleave:builder:unspecified"

  private let subjects: [(name: String, digest: FileDigest)]
  private let account: BuildAccount

  init(subjects: [(name: String, digest: FileDigest)], _ account: BuildAccount) {
    self.subjects = subjects
    self.account = account
  }

  var json: JSON {
    [
      "_type": .string(Self.type),
      "subject": .array(subjects.map { Self.resource($0.name, $0.digest.sha256) }),
      "predicateType": .string(Self.predicateType),
      "predicate": ["buildDefinition": definition, "runDetails": details],
    ]
  }

  private var definition: JSON {
    [
      "buildType": .string(Self.buildType),
      "externalParameters": [
        "recipe": Self.resource(account.recipe.name, account.recipe.digest.sha256),
        "overrides": .array(account.overrides.map { .string($0) }),
      ],
      "internalParameters": [
        "stages": .array(
          account.stages.map {
            ["name": .string($0.name), "key": .string($0.key), "sha256": .string($0.digest)]
          })
      ],
      "resolvedDependencies": .array(
        account.inputs.map {
          [
            "name": .string($0.name), "digest": ["sha256": .string($0.digest.sha256)],
            "annotations": [
              "key": .string($0.key), "bytes": .integer(Int64($0.digest.bytes)),
            ],
          ]
        }),
    ]
  }

  private var details: JSON {
    var details = JSONObject([
      (
        "builder",
        [
          "id": .string(account.builder ?? Self.unknownBuilder),
          "version": [account.tool: .string(account.version)].json,
        ]
      )
    ])
    if let date = account.date { details["metadata"] = ["finishedOn": .string(Self.text(date))] }
    return .object(details)
  }

  private static func resource(_ name: String, _ sha256: String) -> JSON {
    ["name": .string(name), "digest": ["sha256": .string(sha256)]]
  }

  /// A date as RFC 3339 writes it.
  static func text(_ date: Int) -> String {
    Date(timeIntervalSince1970: Double(date)).ISO8601Format()
  }
}

extension [String: JSON] {
  fileprivate var json: JSON {
    .object(JSONObject(sorted { $0.key < $1.key }.map { ($0.key, $0.value) }))
  }
}
