import CleaveConvert
import CleaveModel
import CleaveStorage
import TestSupport
import Testing

/// Licences that checkpoints state.
@Suite struct SourceLicenseTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func license(readme: String?) throws -> StatedLicense? {
    let source = try scratch.copy(directory: Golden.path("tiny-llama3-f32"), to: "checkpoint")
    if let readme { try scratch.write(readme, to: "checkpoint/README.md") }
    let importer = Importer(source: source, target: scratch("model"))
    let manifest = try importer.run()
    // The README is one of the files that went in, where something of it did.
    let names = manifest.provenance.first?.inputs.map(\.name) ?? []
    #expect(names.contains("README.md") == (manifest.sourceLicense != nil))
    return manifest.sourceLicense
  }

  @Test func theFrontMatterOfAReadmeIsRead() throws {
    let license = try license(
      readme: """
        ---
        language:
        - en
        license: other
        license_name: "a licence: of ours"
        license_link: https://example.com/LICENSE
        tags: [a, b]
        ---
        # license: not this
        """)
    #expect(
      license
        == StatedLicense(
          identifier: "other", name: "a licence: of ours", link: "https://example.com/LICENSE"))
  }

  static let others = [
    ("---\nlicense: [mit, apache-2.0]\n---\n", "mit, apache-2.0"),
    ("---\r\nlicense: mit\r\n---\r\n", "mit"),
    ("---\nlicense:\n- mit\n- isc\ntags:\n- x\n---\n", "mit, isc"),
    ("---\nx: {{{{ : not yaml\nlicense: mit\n---\n", "mit"),
    ("---\nlicense: \"a\\u001b[31m\"\n---\n", "a\\u{1b}[31m"),
  ]

  @Test(arguments: others)
  func otherSpellingsAreRead(readme: String, identifier: String) throws {
    #expect(try license(readme: readme)?.identifier == identifier)
  }

  static let none: [String?] = [
    nil, "", "license: mit\n", "---\nlicense: mit\n", "---\ntags: [x]\n---\nlicense: mit\n",
    "---\nlicense: {a: b}\n---\n", "---\nlicense: ''\n---\n", "---\nlicense: [\n---\n",
    "---\nlicense: " + String(repeating: "[", count: 40_000) + "\n---\n",
    "---\n  license: mit\n---\n",
  ]

  /// A text for people is no reason to refuse a model.
  @Test(arguments: none.indices)
  func whatStatesNoneIsImported(index: Int) throws {
    #expect(try license(readme: Self.none[index]) == nil)
  }

  @Test func theMetadataOfAGGUFFileIsRead() throws {
    let cases: [(GGUFBuilder.Value?, String?)] = [
      (.string("apache-2.0"), "apache-2.0"), (.string(""), nil), (.uint32(1), nil), (nil, nil),
    ]
    for (value, identifier) in cases {
      var builder = GGUFBuilder.tinyModel
      builder.set("general.license", value)
      builder.set("general.license.link", .string("https://example.com/"))
      let path = try scratch.write(builder.bytes, to: "model.gguf")
      var importer = Importer(source: path, target: scratch("model"))
      importer.force = true
      let license = try importer.run().sourceLicense
      #expect(license?.identifier == identifier)
      #expect(license?.link == identifier.map { _ in "https://example.com/" })
    }
  }
}
