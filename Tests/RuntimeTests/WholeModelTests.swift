import CleaveRuntime
import CleaveStorage
import CleaveText
import TestSupport
import Testing

/// The engine against Hugging Face transformers on the same weights in float32.
@Suite struct WholeModelTests {
  private let pool: ThreadPool

  init() throws { pool = try ThreadPool(threads: 2) }

  @Test(arguments: TinyModel.all + TinyModel.families + TinyModel.familyFiles)
  func logitsAreThoseOfTransformers(_ tiny: TinyModel) async throws {
    let scratch = try Scratch()
    let model = try WholeModel(try tiny.imported(into: scratch))
    let vocabulary = model.manifest.configuration.vocabularySize
    for prompt in try tiny.expected() {
      let session = WholeModelSession(model, numerics: .exact, pool: pool)
      try await session.feed(prompt.ids)
      let logits = await session.logits(ofLast: prompt.ids.count)
      let last = logits.suffix(vocabulary)
      #expect(zip(last, prompt.lastLogits).allSatisfy { abs($0 - $1) < 1e-3 })
      for (position, top5) in prompt.top5.enumerated() {
        for (token, logit) in top5 {
          #expect(abs(logits[position * vocabulary + token] - logit) < 1e-3)
        }
      }
    }
  }

  @Test(arguments: TinyModel.all + TinyModel.families + TinyModel.familyFiles)
  func greedyTokensAreThoseOfTransformers(_ tiny: TinyModel) async throws {
    let scratch = try Scratch()
    let artifact = try tiny.imported(into: scratch)
    let model = try WholeModel(artifact)
    let tokenizer = try Tokenizer(try artifact.tokenizerJSON())
    for prompt in try tiny.expected() {
      #expect(tokenizer.encode(prompt.text) == prompt.ids)
      let answers = try await Generation(maxTokens: prompt.greedy.count)
        .run(WholeModelSession(model, numerics: .exact, pool: pool), prompt: prompt.ids).answers
      #expect(answers.map(\.token) == prompt.greedy)
    }
  }

  /// GGUF interleaves the rows of Q and K and states llama3's RoPE as divisors: undone, the model is
  /// the same to the last bit but for the divisors' rounding.
  @Test func aGGUFIsTheSameModelAsItsDirectory() async throws {
    let scratch = try Scratch()
    let directory = try WholeModel(try TinyModel.llama3.imported(into: scratch, name: "a"))
    let gguf = try WholeModel(
      try TinyModel(
        checkpoint: "tiny-llama3-f32/tiny-llama3.f32.gguf", expectation: ""
      ).imported(into: scratch, name: "b"))
    for prompt in try TinyModel.llama3.expected() {
      let (left, right) = (
        WholeModelSession(directory, numerics: .exact, pool: pool),
        WholeModelSession(gguf, numerics: .exact, pool: pool)
      )
      try await left.feed(prompt.ids)
      try await right.feed(prompt.ids)
      let pairs = zip(await left.logits(ofLast: 1), await right.logits(ofLast: 1))
      #expect(pairs.allSatisfy { abs($0 - $1) < 1e-4 })
    }
  }

  /// The engine's promise: a state has the same bits alone, in a batch, and on any number of threads.
  @Test(
    arguments: [TinyModel.llama3, .q4_1],
    [Numerics.standard, .exact, Numerics(activations: .int8, cache: .q8_0)])
  func bitsDoNotDependOnBatchesOrThreads(_ tiny: TinyModel, _ numerics: Numerics) async throws {
    let scratch = try Scratch()
    let model = try WholeModel(try tiny.imported(into: scratch))
    let ids = try #require(try tiny.expected().max { $0.ids.count < $1.ids.count }).ids
    #expect(ids.count > 64)
    var seen: Set<[UInt32]> = []
    for (threads, piece) in [(1, 1), (2, 7), (3, 64), (2, ids.count)] {
      let session = WholeModelSession(
        model, numerics: numerics, pool: try ThreadPool(threads: threads))
      for start in stride(from: 0, to: ids.count, by: piece) {
        try await session.feed(Array(ids[start..<min(start + piece, ids.count)]))
      }
      seen.insert(await session.logits(ofLast: 1).map(\.bitPattern))
    }
    #expect(seen.count == 1)
  }

  /// What int8 activations and an f16 KV cache cost: against the float32 engine on the same weights,
  /// the logits move by a small part of their own spread. (Of these models of random weights; rounding
  /// activations to 8 bits is off by about 0.5 % at each of some forty matrices in a row.)
  @Test(arguments: TinyModel.all + TinyModel.families + TinyModel.familyFiles)
  func standardNumericsStayNearTheExact(_ tiny: TinyModel) async throws {
    let scratch = try Scratch()
    let model = try WholeModel(try tiny.imported(into: scratch))
    for prompt in try tiny.expected() {
      var logits: [[Float]] = []
      for numerics in [Numerics.standard, .exact] {
        let session = WholeModelSession(model, numerics: numerics, pool: pool)
        try await session.feed(prompt.ids)
        logits.append(await session.logits(ofLast: 1))
      }
      let errors = zip(logits[0], logits[1]).map { Double($0 - $1) }
      let mean = logits[1].reduce(0) { $0 + Double($1) } / Double(errors.count)
      let spread = logits[1].reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
      let error = errors.reduce(0) { $0 + $1 * $1 }
      // Experts of 32 columns in MXFP4, whose inputs are rounded in one block each, are the coarsest.
      let bound = tiny.checkpoint.hasSuffix("mxfp4") ? 0.15 : 0.1
      #expect((error / spread).squareRoot() < bound)
      #expect(error > 0, "they are not the same computation")
    }
  }

  /// What a KV cache of 8 bits costs by itself; it is no float16 cache by another name.
  @Test(arguments: TinyModel.all + TinyModel.families)
  func aCacheOf8BitsStaysNear(_ tiny: TinyModel) async throws {
    let scratch = try Scratch()
    let model = try WholeModel(try tiny.imported(into: scratch))
    let prompt = try #require(try tiny.expected().max { $0.ids.count < $1.ids.count })
    var logits: [[Float]] = []
    for cache in [Numerics.Cache.f32, .f16, .q8_0] {
      let session = WholeModelSession(
        model, numerics: Numerics(activations: .float32, cache: cache), pool: pool)
      try await session.feed(prompt.ids)
      logits.append(await session.logits(ofLast: 1))
    }
    let mean = logits[0].reduce(0, +) / Float(logits[0].count)
    let spread = logits[0].reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    let errors = logits.dropFirst().map { rounded in
      (zip(rounded, logits[0]).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / spread)
        .squareRoot()
    }
    #expect(errors[0] < errors[1] && errors[1] < 0.1, "\(errors)")
  }

  @Test func theContextLimitIsAnError() async throws {
    let scratch = try Scratch()
    let model = try WholeModel(try TinyModel.llama3.imported(into: scratch))
    let limit = model.manifest.configuration.contextLength
    let session = WholeModelSession(model, pool: pool)
    await #expect(throws: ContextLimitError(tokens: limit + 1, contextLength: limit)) {
      try await session.feed(Array(repeating: 1, count: limit + 1))
    }
    let result = try await Generation(maxTokens: 10)
      .run(session, prompt: Array(repeating: 1, count: limit - 2))
    #expect(result.answers.count == 3)
    #expect(result.end == .context)
    let endless = try await Generation(maxTokens: .max).run(
      WholeModelSession(model, pool: pool), prompt: Array(repeating: 1, count: limit - 2))
    #expect(endless.end == .context)
    await #expect(throws: ContextLimitError.self) {
      try await Generation(maxTokens: 10).run(
        WholeModelSession(model, pool: pool), prompt: Array(repeating: 1, count: limit + 1))
    }
  }

  @Test func aTokenOutsideTheVocabularyIsAnError() async throws {
    let scratch = try Scratch()
    let model = try WholeModel(try TinyModel.llama3.imported(into: scratch))
    let session = WholeModelSession(model, pool: pool)
    for token in [-1, model.manifest.configuration.vocabularySize] {
      await #expect(throws: InputError.self) { try await session.feed([token]) }
    }
  }
}
