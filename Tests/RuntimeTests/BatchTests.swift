import CleaveRuntime
import CleaveStorage
import TestSupport
import Testing

/// Many sequences side by side say what each says alone, to the bit.
@Suite struct BatchTests {
  private let scratch: Scratch
  private let pool: ThreadPool

  init() throws {
    scratch = try Scratch()
    pool = try ThreadPool(threads: 2)
  }

  /// Prompts of 1 token up to more than a batch holds.
  private func prompts(vocabulary: Int) -> [[Int]] {
    var random = SplitMix64(seed: 5)
    return [1, 5, 200, 33, 2, 64, 17, 1, 128, 9].map { length in
      (0..<length).map { _ in Int.random(in: 0..<vocabulary, using: &random) }
    }
  }

  private func alone(
    _ model: WholeModel, _ request: BatchDecoder.Request, maxTokens: Int, stop: Set<Int>,
    _ numerics: Numerics
  ) async throws -> BatchDecoder.Continuation {
    let session = WholeModelSession(
      model, sampling: request.sampling, numerics: numerics, pool: pool)
    let result = try await Generation(maxTokens: maxTokens, stopTokens: stop)
      .run(session, prompt: request.prompt)
    return .init(tokens: result.answers.map(\.token), stop: result.stop?.token)
  }

  private func together(
    _ model: WholeModel, _ requests: [BatchDecoder.Request], maxTokens: Int, stop: Set<Int>,
    slots: Int, _ numerics: Numerics
  ) throws -> [BatchDecoder.Continuation?] {
    let decoder = try BatchDecoder(
      model, maxTokens: maxTokens, stopTokens: stop, longest: 260, slots: slots,
      numerics: numerics, pool: pool)
    var results = [BatchDecoder.Continuation?](repeating: nil, count: requests.count)
    try decoder.run(requests) {
      #expect(results[$0] == nil)
      results[$0] = $1
    }
    return results
  }

  @Test(
    arguments: [TinyModel.llama3, .q4_1],
    [Numerics.standard, .exact, Numerics(activations: .int8, cache: .q8_0)])
  func continuationsAreThoseOfEachAlone(_ tiny: TinyModel, _ numerics: Numerics) async throws {
    let model = try WholeModel(try tiny.imported(into: scratch))
    let requests = prompts(vocabulary: model.manifest.configuration.vocabularySize)
      .enumerated().map { index, prompt in
        BatchDecoder.Request(
          prompt: prompt,
          sampling: index % 3 == 2
            ? Sampling(temperature: 0.9, topP: 0.9, seed: UInt64(index)) : .greedy)
      }
    // A token that ends some of the texts and not all.
    let first = try await alone(model, requests[3], maxTokens: 40, stop: [], numerics)
    let stop = Set([first.tokens[20]])
    var expected: [BatchDecoder.Continuation?] = []
    for request in requests {
      expected.append(try await alone(model, request, maxTokens: 40, stop: stop, numerics))
    }
    #expect(expected.contains { $0?.stop != nil } && expected.contains { $0?.stop == nil })
    for slots in [1, 3, 16] {
      let found = try together(
        model, requests, maxTokens: 40, stop: stop, slots: slots, numerics)
      #expect(found == expected, "\(slots) slots")
    }
  }

  /// With everything shown the answers are the same, and each token of prompt and answer is shown once, in order.
  @Test(arguments: [1, 3, 16], [1, 4, 100])
  func whatIsShownIsWhatRuns(slots: Int, window: Int) throws {
    let model = try WholeModel(try TinyModel.q4_1.imported(into: scratch))
    let configuration = model.manifest.configuration
    let requests = prompts(vocabulary: configuration.vocabularySize)
      .enumerated().map { index, prompt in
        BatchDecoder.Request(
          prompt: prompt,
          sampling: index % 3 == 2
            ? Sampling(temperature: 0.9, topP: 0.9, seed: UInt64(index)) : .greedy)
      }
    let free = try together(
      model, requests, maxTokens: 12, stop: [], slots: 16, .standard)
    let stop = Set([try #require(free[3]).tokens[7]])
    let expected = try together(
      model, requests, maxTokens: 12, stop: stop, slots: 16, .standard)
    #expect(expected.contains { $0?.stop != nil } && expected.contains { $0?.stop == nil })
    let decoder = try BatchDecoder(
      model, maxTokens: 12, stopTokens: stop, longest: 260, slots: slots, pool: pool)
    var shown: [Int: [Int]] = [:]
    var best: [Int: [UInt32]] = [:]
    var ended: [Int: [Int]] = [:]
    try decoder.run(requests, topK: 2, window: window) { depth, states, pieces in
      let columns = pieces.reduce(0) { $0 + $1.tokens.count }
      #expect(states.count == columns * configuration.hiddenSize)
      guard depth == 0 else { return }
      for piece in pieces { shown[piece.prompt, default: []] += piece.tokens }
    } onTop: { top, pieces in
      var column = 0
      for piece in pieces {
        for _ in piece.tokens {
          best[piece.prompt, default: []].append(top.ids[2 * column])
          column += 1
        }
      }
      #expect(top.logSumExp.count == column && top.logits.count == 2 * column)
    } onEnd: { index, tokens in
      #expect(ended[index] == nil)
      ended[index] = tokens
      let first = requests.indices.first { ended[$0] == nil } ?? requests.count
      #expect((shown.keys.max() ?? 0) < max(first, index) + window)
    }
    for (index, request) in requests.enumerated() {
      let answer = try #require(ended[index])
      #expect(answer == expected[index]?.tokens)
      #expect(shown[index] == request.prompt + answer, "the last token of an answer too")
      if request.sampling == .greedy {
        let said = answer + [expected[index]?.stop].compactMap { $0 }
        let places = try #require(best[index]).dropFirst(request.prompt.count - 1)
        #expect(places.prefix(said.count).elementsEqual(said.map(UInt32.init)))
      }
    }
  }

  @Test func topLogitsAreTheLargestOfTheSession() async throws {
    let model = try WholeModel(try TinyModel.q4_1.imported(into: scratch))
    let vocabulary = model.manifest.configuration.vocabularySize
    let prompt = prompts(vocabulary: vocabulary)[5]
    let session = WholeModelSession(model, pool: pool)
    try await session.feed(prompt)
    let logits = await session.logits(ofLast: prompt.count)
    let engine = try WholeModelBatch(model, slots: 2, longest: 100, numerics: .standard, pool: pool)
    try engine.run([.init(slot: 1, tokens: [3, 4, 5]), .init(slot: 0, tokens: prompt[...])])
    let top = try engine.top(5, columns: prompt.indices.map { $0 + 3 })
    for position in prompt.indices {
      let row = Array(logits[(position * vocabulary)..<((position + 1) * vocabulary)])
      let sorted = row.indices.sorted { (row[$0], $1) > (row[$1], $0) }.prefix(5)
      #expect(top.ids[(position * 5)..<(position * 5 + 5)].elementsEqual(sorted.map(UInt32.init)))
      #expect(top.logits[(position * 5)..<(position * 5 + 5)].elementsEqual(sorted.map { row[$0] }))
    }
  }

  @Test func whatHasNoRoomIsRefused() throws {
    let model = try WholeModel(try TinyModel.llama3.imported(into: scratch))
    let context = model.manifest.configuration.contextLength
    #expect(throws: ContextLimitError(tokens: context + 1, contextLength: context)) {
      try BatchDecoder(
        model, maxTokens: 1, stopTokens: [], longest: context + 1, pool: pool)
    }
    let decoder = try BatchDecoder(model, maxTokens: 8, stopTokens: [], longest: 16, pool: pool)
    #expect(throws: ContextLimitError(tokens: 17, contextLength: 16)) {
      try decoder.run([.init(prompt: Array(repeating: 1, count: 9))]) { _, _ in }
    }
    let vocabulary = model.manifest.configuration.vocabularySize
    #expect(throws: InputError.self) {
      try decoder.run([.init(prompt: [1, vocabulary])]) { _, _ in }
    }
  }
}
