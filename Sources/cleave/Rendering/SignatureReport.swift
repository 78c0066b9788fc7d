import CleaveModel
import CleaveSigning
import CleaveStorage

/// What `cleave verify --trust` found of bundles' signatures; nothing without a key.
struct SignatureReport {
  private let results: [(bundle: String, problems: [SignatureCheck.Problem])]

  init(of bundles: [String], _ trust: TrustOptions, quiet: Bool) throws {
    guard let path = trust.trust else {
      results = []
      return
    }
    let key = try TrustedKey(path: path)
    results = try bundles.map { bundle in
      _ = try Artifact(opening: bundle)
      let line = ProgressLine("signature", unit: .bytes, quiet: quiet)
      defer { line.finish() }
      var check = SignatureCheck(bundle, key: key)
      check.progress = { line.show($0, of: $1) }
      return (bundle, try check.run())
    }
  }

  var isTrusted: Bool { results.allSatisfy(\.problems.isEmpty) }

  var text: String {
    let lines = results.flatMap { bundle, problems in
      problems.isEmpty
        ? ["\(bundle): signed with this key, and unchanged"]
        : problems.map { "\(bundle): \($0)" }
    }
    return (lines + [isTrusted ? "TRUSTED" : "NOT TRUSTED"]).joined(separator: "\n")
  }

  var json: JSON {
    [
      "trusted": .bool(isTrusted),
      "bundles": .array(
        results.map { bundle, problems in
          [
            "path": .string(bundle), "trusted": .bool(problems.isEmpty),
            "problems": .array(problems.map { .string("\($0)") }),
          ]
        }),
    ]
  }
}
