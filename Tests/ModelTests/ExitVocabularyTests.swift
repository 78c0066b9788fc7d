import CleaveModel
import CleaveStorage
import TestSupport
import Testing

/// The exit vocabulary in manifests and files.
@Suite struct ExitVocabularyTests {
  private let scratch: Scratch
  /// 320 tokens, tied, exits after 2 and 4 blocks.
  private let model: Artifact

  init() throws {
    scratch = try Scratch()
    model = try VocabularyModel.make(
      [3, 7, 300], of: try TinyModel.q4_1.withExits([2, 4], into: scratch), depths: [4],
      includesText: true, into: scratch)
  }

  private func read(_ manifest: Manifest) throws -> Manifest {
    try Manifest(try JSONNode(parsing: Array(manifest.json.text().utf8), file: "manifest.json"))
  }

  @Test func itReadsBack() throws {
    #expect(try read(model.manifest) == model.manifest)
    #expect(model.manifest.exits.map(\.unembedding) == [.shared, .vocabulary])
    #expect(model.manifest.exitVocabulary == .init(count: 3, includesText: true))
    #expect(try model.damagedFiles().isEmpty && model.strayEntries().isEmpty)
    let (tokens, rows, _) = try #require(try model.exitVocabulary())
    #expect(tokens == [3, 7, 300])
    let whole = try model.unembedding()
    #expect(rows.type == whole.type && rows.shape == [3, whole.shape[1]])
    for (index, token) in tokens.enumerated() {
      let row = rows.withBytes { Array($0[index * rows.rowBytes..<(index + 1) * rows.rowBytes]) }
      let start = Int(token) * rows.rowBytes
      #expect(row == whole.withBytes { Array($0[start..<start + rows.rowBytes]) })
    }
  }

  /// What the model is does not depend on its exits; what was calibrated does.
  @Test func itIsPartOfWhatIsCalibratedButNotOfTheModel() throws {
    let exits = try Artifact(opening: scratch("exits")).manifest
    #expect(model.manifest.modelID == exits.modelID)
    let other = try VocabularyModel.make(
      [3, 8, 300], of: try Artifact(opening: scratch("exits")), depths: [4], includesText: true,
      into: scratch, name: "other"
    ).manifest
    let digests = [exits, model.manifest, other].map(CalibratedWeights.sha256)
    #expect(Set(digests).count == 3)
  }

  /// Artifacts without one have the bytes that they had.
  @Test func withoutOneNothingIsWritten() throws {
    let text = try Artifact(opening: scratch("exits")).manifest.json.text()
    #expect(!text.contains("exit_vocabulary") && text.contains("\"unembedding\": \"shared\""))
    #expect(try Artifact(opening: scratch("exits")).exitVocabulary() == nil)
  }

  private func fault(_ change: (inout Manifest) -> Void) throws -> InputError {
    var manifest = model.manifest
    change(&manifest)
    return try #require(#expect(throws: InputError.self) { try read(manifest) })
  }

  @Test func manifestsThatCannotBe() throws {
    let none = try fault { $0.exitVocabulary = nil }
    #expect(none.location == "exit_vocabulary" && none.found == "none")
    #expect(none.expected == "the vocabulary that exits[1] reads")
    let unused = try fault { $0.exits[1].unembedding = .shared }
    #expect(unused.location == "exit_vocabulary" && unused.found == "3 tokens")
    #expect(unused.expected.contains("none, where no exit"))
    let many = try fault { $0.exitVocabulary?.count = 321 }
    #expect(many.found == "321 tokens" && many.expected == "from 1 to the model's 320")
    let other = try fault { $0.exitVocabulary?.count = 4 }
    #expect(other.location == "files exits/vocabulary.safetensors")
    #expect(other.found.contains("[3, 64]") && other.expected.contains("[4, 64]"))
    let zero = try fault { $0.exitVocabulary?.count = 0 }
    #expect(zero.location == "exit_vocabulary.count" && zero.expected.contains("from 1"))
    let file = try fault { $0.files.removeAll { $0.path == ArtifactLayout.exitVocabularyTokens } }
    #expect(file.found == "exits/vocabulary.bin 0 times")
    let cloud = try fault {
      $0.role = .cloud
      ($0.exits, $0.blocks) = ([], 2..<6)
    }
    #expect(cloud.location == "exit_vocabulary")
  }

  @Test func anUnembeddingOfAnotherKindIsRefused() throws {
    let text = model.manifest.json.text()
    let changed = String(decoding: Array(text.utf8), as: UTF8.self)
      .split(separator: "\"unembedding\": \"vocabulary\"", omittingEmptySubsequences: false)
      .joined(separator: "\"unembedding\": \"own\"")
    let error = #expect(throws: InputError.self) {
      try Manifest(try JSONNode(parsing: Array(changed.utf8), file: "manifest.json"))
    }
    #expect(error?.location == "exits[1].unembedding")
    #expect(error?.expected == "one of shared, vocabulary")
  }

  /// The rows of other tokens are on the edge only where it embeds with them.
  @Test func textNeedsATiedHead() throws {
    let other = try Scratch()
    let untied = try TinyModel.llama3.withExits([2], into: other)
    let error = #expect(throws: InputError.self) {
      try VocabularyModel.make([1], of: untied, includesText: true, into: other)
    }
    #expect(error?.expected == "no text in a model whose head is not the embedding")
    #expect(throws: Never.self) {
      try VocabularyModel.make([1], of: untied, includesText: false, into: other)
    }
  }

  @Test(
    arguments: [
      ([3, 300, 7], "id 2", "7 after 300", "rising ids"),
      ([3, 7, 7], "id 2", "7 after 7", "rising ids"),
      ([3, 7, 320], "id 2", "320", "an id below 320"),
      ([3, 7, UInt32.max], "id 2", "4294967295", "an id below 320"),
    ] as [([UInt32], String, String, String)])
  func badIDs(ids: [UInt32], location: String, found: String, expected: String) throws {
    try scratch.write(
      ids.flatMap { id in withUnsafeBytes(of: id.littleEndian, Array.init) },
      to: "vocabulary/exits/vocabulary.bin")
    let error = #expect(throws: InputError.self) { try model.exitVocabulary() }
    #expect(error?.file == "\(model.path)/exits/vocabulary.bin" && error?.location == location)
    #expect(error?.found == found && error?.expected == expected)
  }

  /// A file of another size is refused when the artifact is opened, and by its reader.
  @Test func aFileOfAnotherSizeIsRefused() throws {
    for count in [0, 11, 16] {
      try scratch.write([UInt8](repeating: 0, count: count), to: "vocabulary/exits/vocabulary.bin")
      let error = #expect(throws: InputError.self) { try model.exitVocabulary() }
      #expect(error?.found == "\(count) bytes")
      #expect(error?.expected == "12, for the manifest's 3 ids")
      #expect(throws: InputError.self) { try Artifact(opening: model.path) }
    }
  }

  /// `--force` removes an artifact with a vocabulary, and nothing of another name.
  @Test func forceKnowsItsFiles() throws {
    try scratch.write("mine", to: "vocabulary/exits/mine.bin")
    let error = #expect(throws: InputError.self) {
      try ArtifactWriter(target: model.path, sources: [], force: true)
    }
    #expect(error?.location == "exits/mine.bin")
    try scratch.remove("vocabulary/exits/mine.bin")
    #expect(throws: Never.self) {
      try ArtifactWriter(target: model.path, sources: [], force: true)
    }
  }
}
