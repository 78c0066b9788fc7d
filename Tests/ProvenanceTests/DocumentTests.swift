import CleaveModel
import CleaveProvenance
import CleaveStorage
import Foundation
import TestSupport
import Testing

/// The documents of a bundle. tools/golden/provenance.py has judged the bytes whose digests are recorded.
@Suite struct DocumentTests {
  private let manifest: Manifest
  private let digest: FileDigest

  init() throws {
    let bytes = try Golden.bytes("provenance/manifest.json")
    manifest = try Manifest(JSONNode(parsing: bytes, file: "manifest.json"))
    digest = FileDigest(of: bytes)
  }

  private static func digest(_ digit: Character) -> FileDigest {
    FileDigest(bytes: 7, sha256: String(repeating: digit, count: 64))
  }

  /// A build with names that hold what documents give a meaning.
  private var account: BuildAccount {
    BuildAccount(
      name: "tiny", tool: "cleave", version: "0.0.0",
      recipe: .init(key: "recipe", name: "tiny.yaml", digest: Self.digest("a")),
      overrides: ["train.steps=3"],
      inputs: [
        .init(key: "source.checkpoint", name: "tiny.gguf", digest: Self.digest("b")),
        .init(key: "calibrate.prompts[0].file", name: "a|b<c>.jsonl", digest: Self.digest("c")),
      ],
      stages: [.init(name: "import", key: String(repeating: "d", count: 64), digest: "e")],
      exits: [
        .init(place: "evaluate", depth: 2, agreement: 0.421, coverage95: 0.1, coverage90: nil)
      ],
      checks: [.init(name: "exactness", passed: true, detail: "0 of 10 tokens differ\n| at all")])
  }

  private func files(_ change: (inout BuildAccount) -> Void = { _ in }) -> [String: String] {
    var account = account
    change(&account)
    return Dictionary(
      uniqueKeysWithValues: BundleDocuments(manifest, digest, account).files.map {
        ($0.name, String(decoding: $0.bytes, as: UTF8.self))
      })
  }

  @Test func theyAreWhatWasJudged() throws {
    let files = files()
    if let directory = ProcessInfo.processInfo.environment["CLEAVE_WRITE_DOCUMENTS"] {
      for (name, text) in files {
        try text.write(toFile: "\(directory)/\(name)", atomically: false, encoding: .utf8)
      }
    }
    let judged = try FileSystem.readJSON(Golden.path("provenance/judged.json"))
    for (name, text) in files {
      #expect(
        try judged.required(name).sha256() == FileDigest(of: Array(text.utf8)).sha256, "\(name)")
    }
    #expect(Set(files.keys) == Set(ArtifactLayout.documents))
  }

  @Test func theSubjectsAreTheFilesOfTheBundle() throws {
    let files = files()
    let statement = try JSONNode(
      parsing: Array(try #require(files["provenance.json"]).utf8), file: "provenance.json")
    let subjects = try statement.list("subject") {
      (
        name: try $0.required("name").string(),
        sha256: try $0.required("digest").required("sha256").string()
      )
    }
    var expected = manifest.files.map { (name: $0.path, sha256: $0.digest.sha256) }
    expected.append(("manifest.json", digest.sha256))
    for name in ["README.md", "bom.cdx.json"] {
      expected.append((name, FileDigest(of: Array((files[name] ?? "").utf8)).sha256))
    }
    #expect(
      Dictionary(uniqueKeysWithValues: subjects)
        == Dictionary(uniqueKeysWithValues: expected))
  }

  @Test func aDateIsThereOnlyWhereItIsGiven() throws {
    #expect(files().values.allSatisfy { !$0.contains("timestamp") && !$0.contains("finishedOn") })
    let dated = files { $0.date = 86_400 }
    #expect(dated["bom.cdx.json"]?.contains(#""timestamp": "1970-01-02T00:00:00Z""#) == true)
    #expect(dated["provenance.json"]?.contains(#""finishedOn": "1970-01-02T00:00:00Z""#) == true)
    #expect(dated["README.md"] == files()["README.md"])
  }

  @Test func namesCannotChangeTheCard() throws {
    let card = try #require(files()["README.md"])
    #expect(card.contains(#"a\|b&lt;c&gt;.jsonl"#) && !card.contains("<c>"))
    // The line end of a check's detail is no line of the table.
    #expect(card.contains(#"0 of 10 tokens differ\\u{a}\| at all |"#), "\(card)")
    #expect(card.hasPrefix("---\nlicense: \"apache-2.0\"\n"))
  }

  @Test func theBuilderIsNamed() throws {
    #expect(files()["provenance.json"]?.contains("urn:cleave:builder:unspecified") == true)
    let named = files { $0.builder = "https://ci.example.com/7" }["provenance.json"]
    #expect(named?.contains("https://ci.example.com/7") == true)
  }
}
