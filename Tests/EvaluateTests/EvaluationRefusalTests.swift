import CleaveConvert
import CleaveEvaluate
import CleaveModel
import CleaveRuntime
import CleaveStorage
import TestSupport
import Testing

/// Evaluations that are not possible are refused by name.
@Suite struct EvaluationRefusalTests {
  private static let text = Golden.path("evaluate/text.txt")
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func expectRefusal(
    _ text: String, model: Artifact, reference: Artifact? = nil, windowLength: Int = 64
  ) {
    var settings = Evaluation.Settings()
    settings.windowLength = windowLength
    settings.threads = 1
    #expect {
      try Evaluation(model: model, reference: reference, data: Self.text, settings: settings)
    } throws: {
      $0 is InputError && "\($0)".contains(text)
    }
  }

  /// A copy of the tiny llama3 checkpoint, changed and imported.
  private func changed(_ change: () throws -> Void) throws -> Artifact {
    _ = try scratch.copy(directory: Golden.path("tiny-llama3-f32"), to: "checkpoint")
    try change()
    _ = try Importer(source: scratch("checkpoint"), target: scratch("changed")).run()
    return try Artifact(opening: scratch("changed"))
  }

  private func changeTokenizer(_ change: (inout JSONObject) throws -> Void) throws {
    let path = "checkpoint/tokenizer.json"
    var object = try FileSystem.readJSON(scratch(path)).object()
    guard case .object(var model)? = object["model"] else { throw FileUnreadable(path: path) }
    try change(&model)
    object["model"] = .object(model)
    try scratch.write(JSON.object(object).text(), to: path)
  }

  @Test func bundlesAreRefusedWithAdvice() throws {
    let (model, edge, cloud) = try TinyModel.llama3.bundles(exits: [2, 4], into: scratch)
    expectRefusal(
      "found edge; expected model. A bundle is judged by the model it was cut from", model: edge)
    expectRefusal("found cloud", model: model, reference: cloud)
  }

  @Test func aWindowLongerThanTheContextIsRefused() throws {
    let model = try TinyModel.llama3.imported(into: scratch)
    expectRefusal(
      "context_length: found 512; expected at least the 513", model: model, windowLength: 513)
  }

  @Test func anotherTokenOfAnIdIsRefused() throws {
    let model = try TinyModel.llama3.imported(into: scratch)
    let other = try changed {
      try changeTokenizer { tokenizer in
        guard case .object(var vocabulary)? = tokenizer["vocab"] else { return }
        let (first, second) = (vocabulary["A"], vocabulary["B"])
        vocabulary["A"] = second
        vocabulary["B"] = first
        tokenizer["vocab"] = .object(vocabulary)
      }
    }
    expectRefusal("tokenizer: found \"B\" for the id", model: model, reference: other)
  }

  /// A tokenizer with the same tokens that splits texts differently is refused.
  @Test func anotherWayToCutTextIsRefused() throws {
    let model = try TinyModel.llama3.imported(into: scratch)
    let other = try changed {
      try changeTokenizer { tokenizer in
        guard case .array(let merges)? = tokenizer["merges"] else { return }
        tokenizer["merges"] = .array(Array(merges.dropLast(30)))
      }
    }
    expectRefusal("tokenizer: found other tokens for", model: model, reference: other)
  }

  /// The same tokenizer made from another kind of file is accepted.
  @Test func theSameTokenizerOfAnotherSourceIsNone() throws {
    let directory = try TinyModel.sharded.imported(into: scratch, name: "directory")
    let gguf = try TinyModel.q4_1.imported(into: scratch, name: "gguf")
    let path = ArtifactLayout.tokenizer
    #expect(directory.manifest.file(path)?.digest != gguf.manifest.file(path)?.digest)
    var settings = Evaluation.Settings()
    settings.windowLength = 64
    _ = try Evaluation(model: directory, reference: gguf, data: Self.text, settings: settings)
  }

  @Test func anotherVocabularyIsRefused() throws {
    let model = try WholeModel(try TinyModel.llama3.imported(into: scratch))
    let other = try WholeModel(try TinyModel.widerVocabulary(into: scratch))
    #expect {
      try Scorer(model, reference: other, pool: try ThreadPool(threads: 1))
    } throws: {
      "\($0)".contains("reference: vocabulary_size: found 352; expected 320")
    }
  }

  @Test func logitsThatAreNotFiniteAreRefusedWhereTheyAre() async throws {
    let broken = try changed {
      let path = "checkpoint/model.safetensors"
      var bytes = try readFile(scratch(path))
      bytes.replaceSubrange((bytes.count - 4)..., with: [0, 0, 0xC0, 0x7F])
      try scratch.write(bytes, to: path)
    }
    var settings = Evaluation.Settings()
    settings.windowLength = 64
    let sound = try TinyModel.llama3.imported(into: scratch)
    for (model, reference) in [(broken, nil), (sound, broken)] as [(Artifact, Artifact?)] {
      let evaluation = try Evaluation(
        model: model, reference: reference, data: Self.text, settings: settings)
      await #expect {
        _ = try await evaluation.run()
      } throws: {
        "\($0)".contains("\(broken.path): window 0, position 32: found logits that are not finite")
      }
    }
  }
}
