import CleaveExits
import CleaveModel
import CleaveRuntime
import CleaveStorage
import Glibc
import TestSupport
import Testing

/// Exits that answer with a vocabulary.
@Suite struct ExitVocabularyTests {
  private let scratch: Scratch
  private let pool: ThreadPool

  init() throws {
    scratch = try Scratch()
    pool = try ThreadPool(threads: 2)
  }

  /// A model whose two exits have random weights.
  private func model(_ tiny: TinyModel) throws -> Artifact {
    let exits = try tiny.withExits([2, 4], into: scratch) {
      $0.placement.bodies = [.norm, .tail(blocks: 1)]
    }
    return try RandomExits(exits, into: scratch).artifact
  }

  private func answers(
    _ model: Artifact, thresholds: [Double] = [2, 0], _ sampling: Sampling = .greedy
  ) async throws -> [Answer] {
    let session = EdgeSession(
      try EdgeModel(exitsOf: model), policy: .init(thresholds: thresholds, mode: .standalone),
      sampling: sampling, pool: pool)
    return try await Generation(maxTokens: 12).run(session, prompt: [9, 200, 31]).answers
  }

  /// A vocabulary of all tokens is no vocabulary.
  @Test(
    arguments: [TinyModel.llama3, .q4_1]
      + TinyModel.families.filter { $0.checkpoint == "families/phi" },
    [Sampling.greedy, Sampling(temperature: 0.9, topK: 40, topP: 0.9, seed: 3)])
  func allTokensAnswerAsTheWholeUnembedding(_ tiny: TinyModel, _ sampling: Sampling) async throws {
    let shared = try model(tiny)
    let all = try VocabularyModel.make(
      Array(0..<320), of: shared, includesText: tiny.checkpoint == TinyModel.q4_1.checkpoint,
      into: scratch)
    for thresholds in [[2.0, 0], [0, 2], [0.006, 0]] {
      #expect(
        try await answers(all, thresholds: thresholds, sampling)
          == answers(shared, thresholds: thresholds, sampling))
    }
    let text = (0..<60).map { $0 * 37 % 320 }
    var (one, other) = (
      ExitReader(try EdgeModel(exitsOf: all), pool: pool),
      ExitReader(try EdgeModel(exitsOf: shared), pool: pool)
    )
    #expect(try one.answers(after: text, last: 40) == other.answers(after: text, last: 40))
  }

  /// Against loops in doubles over the same hidden states.
  @Test(arguments: [false, true], [ExitRecord.Signal.maxProbability, .margin, .entropy])
  func answersAreThoseOfTheFormula(includesText: Bool, _ signal: ExitRecord.Signal) async throws {
    let shared = try TinyModel.sharded.withExits([2, 4], into: scratch)
    let tokens = [4, 5, 9, 77, 150, 151, 319]
    let made = try VocabularyModel.make(
      tokens, of: shared, includesText: includesText, into: scratch)
    let edge = try EdgeModel(exitsOf: made).reading(signal)
    let layers = try LayerwiseModel(shared, numerics: .exact, pool: pool)
    let table = try shared.unembedding()
    let rows = table.floats().map(Double.init)
    for prompt in try TinyModel.sharded.expected() {
      var reader = ExitReader(edge, numerics: .exact, pool: pool)
      let read = try reader.answers(after: prompt.ids, last: prompt.ids.count)
      var states = try layers.embed(prompt.ids)
      for block in 0..<2 { try layers.run(try layers.block(block), &states) }
      let normed = try layers.unembedded(states, depth: 2).map(Double.init)
      for position in prompt.ids.indices {
        let text = includesText ? Array(prompt.ids[...position]) : []
        let candidates = Set(tokens + text).sorted()
        let hidden = table.shape[1]
        let logits = candidates.map { token in
          (0..<hidden).reduce(0.0) {
            $0 + rows[token * hidden + $1] * normed[position * hidden + $1]
          }
        }
        let expected = Expected(candidates, logits)
        let found = read[0][position]
        #expect(found.token == expected.token)
        #expect(abs(Double(found.maxProbability) - expected.probability) < 2e-4)
        #expect(abs(Double(found.margin) - expected.margin) < 4e-4)
        #expect(abs(Double(found.entropyConfidence) - expected.entropyConfidence) < 2e-4)
      }
      let session = EdgeSession(
        edge, policy: .init(thresholds: [0, 2], mode: .standalone), numerics: .exact, pool: pool)
      try await session.feed(prompt.ids)
      let answer = try await session.answer()
      let last = try #require(read[0].last)
      #expect(answer.token == last.token && answer.confidence == last.confidence(signal))
    }
  }

  /// Logits have the biases of the chosen rows: the vocabulary's answer is the most probable of its tokens among all.
  @Test func answersHaveTheBiasesOfTheirTokens() async throws {
    let phi = try #require(TinyModel.families.first { $0.checkpoint == "families/phi" })
    let shared = try phi.withExits([2], into: scratch)
    let tokens = Array(stride(from: 3, to: 320, by: 7))
    let made = try VocabularyModel.make(tokens, of: shared, includesText: false, into: scratch)
    let layers = try LayerwiseModel(shared, numerics: .exact, pool: pool)
    let bias = try #require(try shared.unembeddingBias()).floats()
    let table = try shared.unembedding()
    let rows = table.floats()
    var changed = 0
    for prompt in try phi.expected() {
      var reader = ExitReader(try EdgeModel(exitsOf: made), numerics: .exact, pool: pool)
      let read = try reader.answers(after: prompt.ids, last: prompt.ids.count)
      var states = try layers.embed(prompt.ids)
      for block in 0..<2 { try layers.run(try layers.block(block), &states) }
      let normed = try layers.unembedded(states, depth: 2)
      let hidden = table.shape[1]
      for position in prompt.ids.indices {
        func best(_ bias: [Float]) -> Int? {
          tokens.max { logit($0, bias) < logit($1, bias) }
        }
        func logit(_ token: Int, _ bias: [Float]) -> Double {
          (0..<hidden).reduce(Double(bias[token])) {
            $0 + Double(rows[token * hidden + $1]) * Double(normed[position * hidden + $1])
          }
        }
        #expect(read[0][position].token == best(bias))
        if best(bias) != best([Float](repeating: 0, count: 320)) { changed += 1 }
      }
    }
    #expect(changed > 0)
  }

  private struct Expected {
    let token: Int
    let probability, margin, entropyConfidence: Double

    init(_ candidates: [Int], _ logits: [Double]) {
      let sum = logits.reduce(0) { $0 + exp($1) }
      let p = logits.map { exp($0) / sum }
      let order = p.indices.sorted { p[$0] > p[$1] }
      token = candidates[order[0]]
      probability = p[order[0]]
      margin = p[order[0]] - p[order[1]]
      entropyConfidence = 1 + p.reduce(0) { $0 + $1 * log($1) } / log(Double(p.count))
    }
  }

  /// Sampled tokens are of the vocabulary or of the text, and the text's are among them.
  @Test func samplesStayInside() async throws {
    let made = try VocabularyModel.make(
      [4, 5], of: try model(.q4_1), includesText: true, into: scratch)
    var drawn: Set<Int> = []
    for seed in 0..<20 {
      let sampling = Sampling(temperature: 1.5, seed: UInt64(seed))
      drawn.formUnion(try await answers(made, sampling).map(\.token))
    }
    #expect(drawn == [4, 5, 9, 31, 200])
  }
}
