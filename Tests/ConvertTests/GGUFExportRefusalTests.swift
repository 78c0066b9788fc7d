import CleaveConvert
import CleaveModel
import CleaveStorage
import TestSupport
import Testing

/// Artifacts and targets that cannot be exported are refused.
@Suite struct GGUFExportRefusalTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func expectRefusal(
    _ text: String, _ source: Artifact, to target: String? = nil, exit: Int? = nil,
    force: Bool = false
  ) {
    var export = GGUFExport(source: source.path, target: target ?? scratch("out.gguf"))
    export.exit = exit
    export.force = force
    #expect {
      try export.run()
    } throws: {
      $0 is InputError && "\($0)".contains(text)
    }
    #expect(!Scratch.entries(scratch.path).contains { $0.contains(".staging-") })
  }

  @Test func rolesAndExits() throws {
    let (model, edge, cloud) = try TinyModel.llama3.bundles(exits: [2, 4], into: scratch)
    let plain = try Artifact(opening: scratch("model"))
    expectRefusal("found cloud; expected model or edge", cloud)
    expectRefusal("Give --exit, one of 2, 4", edge)
    expectRefusal("no exit after 3 blocks; expected one of 2, 4", model, exit: 3)
    expectRefusal("no exit after 2 blocks; expected a model with exits", plain, exit: 2)
    #expect(!FileSystem.exists(scratch("out.gguf")))
  }

  @Test func bodiesThatNoLlamaHas() throws {
    let model = try TinyModel.llama3.withExits([2, 3, 4], into: scratch) {
      $0.placement.bodies = [
        .affine(rank: 4), .tail(blocks: 1, readout: AffineMap()), .tail(blocks: 1),
      ]
    }
    expectRefusal(
      "an exit with the body affine:4; expected the body norm or a tail without a map or readout",
      model,
      exit: 2)
    expectRefusal("an exit with the body tail:1+affine", model, exit: 3)
    var export = GGUFExport(source: model.path, target: scratch("out.gguf"))
    export.exit = 4
    #expect(try export.run().blocks == 5)
  }

  /// Neither format has a place for a map, wherever on the way to the exit it lies.
  @Test func mapsOnTheWayToAnExit() throws {
    let model = try TinyModel.llama3.withExits([2, 3, 4], into: scratch) {
      $0.placement.bodies = [
        .tail(blocks: 1), .tail(blocks: 1, map: AffineMap(rank: 4)), .tail(blocks: 1),
      ]
      $0.placement.replacesBlocks = true
    }
    expectRefusal(
      "an exit with the body affine:4+tail:1; expected the body norm or a tail without a map or readout",
      model,
      exit: 3)
    expectRefusal("found a tail with a map at depth 3, on the way to exit 4", model, exit: 4)
    var export = HuggingFaceExport(source: model.path, target: scratch("out"))
    export.exit = 4
    let error = #expect(throws: InputError.self) { try export.run() }
    #expect(error?.found == "a tail with a map at depth 3, on the way to exit 4")
    var first = GGUFExport(source: model.path, target: scratch("out.gguf"))
    first.exit = 2
    #expect(try first.run().blocks == 3)
  }

  /// An exit that states come back to is exported without, which is said.
  @Test func feedbackIsLost() throws {
    let other = try Scratch()
    let deeper = try TinyModel.llama3.withFeedback(.deeper, into: other)
    var export = GGUFExport(source: deeper.path, target: scratch("out.gguf"))
    export.exit = 2
    #expect(try !export.run().notes.contains { $0.contains("come back") })
    export = GGUFExport(source: deeper.path, target: scratch("other.gguf"))
    export.exit = 4
    #expect(
      try export.run().notes.contains(
        "the exit after 4 blocks is exported as it answers alone: no hidden states come back to it")
    )
    withExtendedLifetime(other) {}
  }

  /// An exported model reads its whole head, and would say other words than the exit.
  @Test func exitsWithAVocabulary() throws {
    let model = try VocabularyModel.make(
      [3, 4], of: try TinyModel.q4_1.withExits([2, 4], into: scratch), depths: [2],
      includesText: true, into: scratch)
    expectRefusal(
      "an exit with a vocabulary of 2 tokens; expected an exit that reads the whole unembedding",
      model, exit: 2)
    let hugging = #expect(throws: InputError.self) {
      var export = HuggingFaceExport(source: model.path, target: scratch("hf"))
      export.exit = 2
      return try export.run()
    }
    #expect(hugging?.advice?.contains("without --exit-vocabulary") == true)
    var export = GGUFExport(source: model.path, target: scratch("out.gguf"))
    for exit in [nil, 4] {
      (export.exit, export.force) = (exit, true)
      #expect(throws: Never.self) { try export.run() }
    }
  }

  @Test func targets() throws {
    let model = try TinyModel.llama3.imported(into: scratch)
    let mine = try scratch.write("a person's own", to: "mine")
    expectRefusal("Use --force", model, to: mine)
    expectRefusal("replaces only such files", model, to: mine, force: true)
    #expect(try readFile(mine) == Array("a person's own".utf8))
    expectRefusal("inside, the source", model, to: scratch("model/out.gguf"))
    let other = try TinyModel.q4_1.imported(into: scratch, name: "other")
    expectRefusal("inside the artifact", model, to: "\(other.path)/out.gguf")
    expectRefusal("nothing there", model, to: scratch("nowhere/out.gguf"))
    expectRefusal("no name", model, to: scratch("out/"))
    expectRefusal(
      "something of another kind", model, to: try scratch.makeDirectory("d"), force: true)
  }

  @Test func forceReplacesAGGUF() throws {
    let model = try TinyModel.llama3.imported(into: scratch)
    let other = try TinyModel.q4_1.imported(into: scratch, name: "other")
    _ = try GGUFExport(source: model.path, target: scratch("out.gguf")).run()
    expectRefusal("Use --force", other)
    var export = GGUFExport(source: other.path, target: scratch("out.gguf"))
    export.force = true
    let result = try export.run()
    #expect(try FileDigest(ofFile: scratch("out.gguf")) == result.files[0].digest)
    #expect(Scratch.entries(scratch.path) == ["model", "other", "out.gguf"])
  }

  @Test func aFileThatCannotBeWrittenIsAnOutputError() throws {
    let model = try TinyModel.llama3.imported(into: scratch)
    #expect(throws: OutputError.self) {
      try GGUFExport(source: model.path, target: "/proc/out.gguf").run()
    }
  }

  @Test func aBaseThatFloat32HasNotIsRefused() throws {
    _ = try scratch.copy(directory: Golden.path("tiny-llama3-f32"), to: "checkpoint")
    try scratch.edit(
      "checkpoint/config.json", "\"rope_theta\": 500000.0", "\"rope_theta\": 500000.1")
    _ = try Importer(source: scratch("checkpoint"), target: scratch("model")).run()
    expectRefusal(
      "configuration.rope.theta: found 500000.1; expected a number that float32 holds",
      try Artifact(opening: scratch("model")))
  }
}
