import CleaveConvert
import CleaveModel
import CleaveRuntime
import CleaveStorage
import CleaveText
import TestSupport
import Testing

/// The real model against transformers in float32 on the dequantized weights. Runs when the file is
/// there: `make test` fetches it; without it these tests are reported as skipped.
@Suite(
  .enabled(if: SmolLM2.isPresent, "SmolLM2 is not there: `make model` fetches it"), .serialized)
struct SmolLM2Tests {
  private let pool: ThreadPool

  init() throws { pool = try ThreadPool(threads: 2) }

  private struct Prompt {
    let name: String
    let ids: [Int]
    let positions: [(position: Int, top: [(token: Int, logit: Float)])]
    let greedy: [Int]?
  }

  private static func prompts() throws -> [Prompt] {
    func read(_ name: String) throws -> [JSONNode] {
      try FileSystem.readJSON(Golden.path("smollm2/\(name).json")).required("prompts").elements()
    }
    return try zip(try read("prompts"), try read("expected")).map { prompt, expected in
      Prompt(
        name: try prompt.required("name").string(),
        ids: try prompt.required("ids").elements().map { try $0.int() },
        positions: try expected.required("top5").elements().map { entry in
          (
            try entry.required("position").int(),
            try entry.required("top").elements().map { pair in
              let pair = try pair.elements()
              return (try pair[0].int(), Float(try pair[1].number()))
            }
          )
        },
        greedy: try expected.optional("greedy")?.elements().map { try $0.int() })
    }
  }

  private func model(_ scratch: Scratch) throws -> (WholeModel, Artifact) {
    _ = try Importer(source: try #require(SmolLM2.path), target: scratch("model")).run()
    let artifact = try Artifact(opening: scratch("model"))
    return (try WholeModel(artifact), artifact)
  }

  @Test func logitsAreThoseOfTransformers() async throws {
    let scratch = try Scratch()
    let (model, _) = try model(scratch)
    let vocabulary = model.manifest.configuration.vocabularySize
    for prompt in try Self.prompts() {
      let session = WholeModelSession(model, numerics: .exact, pool: pool)
      try await session.feed(prompt.ids)
      let logits = await session.logits(ofLast: prompt.ids.count)
      for (position, top) in prompt.positions {
        for (token, logit) in top {
          let found = logits[position * vocabulary + token]
          #expect(abs(found - logit) < 1e-3, "\(prompt.name), position \(position)")
        }
      }
    }
  }

  @Test func greedyTokensAreThoseOfTransformers() async throws {
    let scratch = try Scratch()
    let (model, _) = try model(scratch)
    var paths = 0
    for prompt in try Self.prompts() {
      guard let greedy = prompt.greedy else { continue }
      let answers = try await Generation(maxTokens: greedy.count)
        .run(WholeModelSession(model, numerics: .exact, pool: pool), prompt: prompt.ids).answers
      #expect(answers.map(\.token) == greedy, "\(prompt.name)")
      paths += 1
    }
    #expect(paths >= 10)
  }

  /// Bytes of UTF-8 that SmolLM2's vocabulary has no token for: no tokenizer keeps them.
  private static let missingBytes: Set<UInt8> = [0x04, 0x06, 0x13, 0x14, 0x16, 0x1D, 0xF1, 0xF2]

  /// The tokenizer that import makes of the GGUF's metadata, against the tokenizers package.
  @Test func theTokenizerEncodesAsTheTokenizersPackageDoes() throws {
    let scratch = try Scratch()
    let (_, artifact) = try model(scratch)
    let tokenizer = try Tokenizer(try artifact.tokenizerJSON())
    let expected = try GoldenTokenizer.lists(
      try GoldenTokenizer.node("smollm2-ids.json").required("ids"))
    let lines = try GoldenTokenizer.corpus()
    #expect(lines.count == expected.count && lines.count >= 2000)
    for (text, ids) in zip(lines, expected) {
      let found = tokenizer.encode(text)
      #expect(found == ids, "\(text.prefix(80))")
      if Self.missingBytes.isDisjoint(with: text.utf8) { #expect(tokenizer.decode(found) == text) }
    }
  }

  /// Out into a GGUF file and back: the same configuration, tokenizer and weights, to the byte.
  @Test func theExportIsTheSameModel() throws {
    let scratch = try Scratch()
    let (_, artifact) = try model(scratch)
    let result = try GGUFExport(source: artifact.path, target: scratch("export.gguf")).run()
    #expect(result.tensors == 272 && result.notes.isEmpty)
    let again = try Importer(source: scratch("export.gguf"), target: scratch("again")).run()
    #expect(again.modelID == artifact.manifest.modelID)
    #expect(again.tokens == artifact.manifest.tokens)
  }

  /// A Hugging Face directory of the same model, single or sharded, made by
  /// tools/golden/smollm2_hf.py: half a gigabyte each, so only where CLEAVE_SMOLLM2_HF names them.
  @Test(
    .enabled(
      if: !SmolLM2.huggingFaceDirectories.isEmpty,
      "CLEAVE_SMOLLM2_HF names no directory made by tools/golden/smollm2_hf.py"))
  func everyFormatGivesTheSameGreedyTokens() async throws {
    for directory in SmolLM2.huggingFaceDirectories {
      let scratch = try Scratch()
      _ = try Importer(source: directory, target: scratch("model")).run()
      let model = try WholeModel(try Artifact(opening: scratch("model")))
      for prompt in try Self.prompts() {
        guard let greedy = prompt.greedy else { continue }
        let answers = try await Generation(maxTokens: greedy.count)
          .run(WholeModelSession(model, numerics: .exact, pool: pool), prompt: prompt.ids).answers
        #expect(answers.map(\.token) == greedy, "\(directory), \(prompt.name)")
      }
    }
  }
}
