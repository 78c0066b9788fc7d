import CleaveStorage

/// What a stage left in the cache: its files, what it found out and what it took.
package struct StageEntry: Sendable {
  static let schema = "cleave.build.stage"
  static let version = 1

  package let stage: String
  package let key: String
  package var facts: JSON
  package var checks: [BuildCheck]
  package var seconds: Double
  /// The most memory of the process while the stage ran, mapped files included; nil where it is not known.
  package var peakBytes: Int?
  /// The most memory beyond mapped files, seen in samples; nil where it is not known.
  package var anonymousBytes: Int?
  /// The amount of work that the stage was expected to be.
  package var work: Double
  /// The files of the output, by paths relative to it, in order.
  package var files: [(path: String, digest: FileDigest)]

  package var bytes: Int { files.reduce(0) { $0 + $1.digest.bytes } }

  /// The digest of the output: of the list of its files.
  package var digest: String {
    let lines = files.map { "\($0.digest.sha256) \($0.digest.bytes) \($0.path)\n" }.joined()
    return FileDigest(of: Array(lines.utf8)).sha256
  }
}

/// Something that a build checked, and whether it holds.
package struct BuildCheck: Sendable {
  package let name: String
  /// Whether it holds; nil where it could not be checked.
  package let passed: Bool?
  package let detail: String

  package init(name: String, passed: Bool?, detail: String) {
    (self.name, self.passed, self.detail) = (name, passed, detail)
  }

  init(_ node: JSONNode) throws {
    name = try node.required("name").string()
    passed = try node.optional("passed")?.bool()
    detail = try node.required("detail").string()
  }

  package var json: JSON {
    [
      "name": .string(name), "passed": passed.map { .bool($0) } ?? .null,
      "detail": .string(detail),
    ]
  }
}

extension StageEntry {
  init(_ node: JSONNode) throws {
    guard try node.required("schema").string() == Self.schema,
      try node.required("version").int() == Self.version
    else { throw node.refuse(expected: "a stage of this version of the cache") }
    stage = try node.required("stage").string()
    key = try node.required("key").string()
    facts = try node.optional("facts")?.value ?? .null
    checks = try node.list("checks", BuildCheck.init)
    seconds = try node.required("seconds").number()
    peakBytes = try node.optional("peak_bytes")?.int()
    anonymousBytes = try node.optional("anonymous_bytes")?.int()
    work = try node.required("work").number()
    files = try node.list("files") { file in
      let path = try file.required("path").string()
      guard !path.isEmpty, !path.hasPrefix("/"), !path.split(separator: "/").contains("..") else {
        throw file.refuse(expected: "a path inside of the output")
      }
      return (
        path,
        FileDigest(
          bytes: try file.required("bytes").int(), sha256: try file.required("sha256").string())
      )
    }
  }

  var json: JSON {
    [
      "schema": .string(Self.schema), "version": .integer(Int64(Self.version)),
      "stage": .string(stage), "key": .string(key), "facts": facts,
      "checks": .array(checks.map(\.json)), "seconds": .real(seconds),
      "peak_bytes": peakBytes.map { .integer(Int64($0)) } ?? .null,
      "anonymous_bytes": anonymousBytes.map { .integer(Int64($0)) } ?? .null, "work": .real(work),
      "files": .array(
        files.map {
          [
            "path": .string($0.path), "bytes": .integer(Int64($0.digest.bytes)),
            "sha256": .string($0.digest.sha256),
          ]
        }),
    ]
  }
}
