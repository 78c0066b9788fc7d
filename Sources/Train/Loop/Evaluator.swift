import CleaveKernels
import CleaveStorage
import Glibc

/// Measures exits on held-out texts.
final class Evaluator {
  private let network: TrainableExits
  private let loss: DistillationLoss
  private let vocabulary: Int
  /// The tokens that the exits can answer with; nil for all.
  private let tokens: ExitTokens?
  private let reader: BatchReader
  private let batches: [[Int]]

  /// - Parameters:
  ///   - exitTokens: the tokens that the exits can answer with; nil for all.
  ///   - tokens: about how many tokens of answers to measure on; whole texts are taken.
  /// - Throws: `InputError` when no text is held out.
  init(
    _ store: CaptureStore, _ network: TrainableExits, _ loss: DistillationLoss,
    exitTokens: ExitTokens?, rows: Int, tokens: Int
  ) throws {
    self.network = network
    self.tokens = exitTokens
    self.loss = loss
    vocabulary = network.configuration.vocabularySize
    reader = try BatchReader(store, for: network)
    var texts: [(index: Int, length: Int)] = []
    var taken = 0
    // A fair choice, whatever the order of the sources.
    let heldOut = store.sequences.enumerated().filter { $1.split == .heldOut }
      .sorted { $0.element.digest.sha256 < $1.element.digest.sha256 }
    for (index, sequence) in heldOut where taken < tokens {
      texts.append((index, sequence.length))
      taken += sequence.length - sequence.promptLength + 1
    }
    guard !texts.isEmpty else {
      throw InputError(
        file: store.path, location: "sequences", found: "none held out", expected: "at least one",
        advice: "Give more data, or hold a larger share of it out.")
    }
    batches = BatchOrder.pack(texts, rows: rows)
  }

  /// The score of each exit where nothing comes back from the cloud.
  func scores() throws -> [HeldOutScore] { try scores(nil) }

  /// The score of each exit where the cloud is asked about this share of the tokens, drawn at random and the same
  /// in every evaluation; empty where no exit has feedback.
  func scores(askRate: Double) throws -> [HeldOutScore] {
    network.feedbackDepth == nil ? [] : try scores(FeedbackDraw(askRate: askRate))
  }

  private func scores(_ draw: FeedbackDraw?) throws -> [HeldOutScore] {
    var results = [[ck_distilled]](repeating: [], count: network.exits.count)
    try forEachBatch(draw) { batch, normed in
      let all = CandidateSet.all(batch.teacher, vocabulary: vocabulary, tokens)
      for (exit, normed) in normed.enumerated() {
        results[exit] += loss(normed, batch.teacher, all)
      }
    }
    return results.map(HeldOutScore.init)
  }

  /// The temperature of each exit with the smallest mean negative log-likelihood of the teacher's tokens,
  /// from a grid in steps of 4 % (temperature scaling, Guo et al., arXiv 1706.04599). With feedback the mean is over
  /// texts read twice: where nothing comes back, and where the cloud is asked at `askRate`.
  func temperatures() throws -> [Double] { try tempered().map(\.temperature) }

  /// The best temperature of each exit, and the mean negative log-likelihood of the teacher's tokens at it.
  func tempered() throws -> [(temperature: Double, loss: Double)] {
    let grid = (-35...35).map { Float(pow(1.04, Double($0))) }
    var sums = [[Double]](
      repeating: [Double](repeating: 0, count: grid.count), count: network.exits.count)
    let draws = network.feedbackDepth == nil ? [nil] : [nil, FeedbackDraw(askRate: Self.askRate)]
    var rows = 0
    for draw in draws {
      try forEachBatch(draw) { batch, normed in
        rows += batch.teacher.rows
        let all = CandidateSet.all(batch.teacher, vocabulary: vocabulary, tokens)
        for (exit, normed) in normed.enumerated() {
          let part = loss.surprise(normed, batch.teacher, all, temperatures: grid)
          for (index, value) in part.enumerated() {
            sums[exit][index] += value * Double(batch.teacher.rows)
          }
        }
      }
    }
    return sums.map { sums in
      let best = sums.indices.min { sums[$0] < sums[$1] } ?? 20
      return (Double(grid[best]), sums[best] / Double(max(1, rows)))
    }
  }

  /// The share of tokens that the cloud is asked about in evaluations with feedback.
  static let askRate = 0.4

  private func forEachBatch(
    _ draw: FeedbackDraw?, _ body: (TrainingBatch, [MatrixView]) throws -> Void
  ) throws {
    for (index, texts) in batches.enumerated() {
      let batch = try reader.read(texts, promptWeight: 0)
      var places = CounterRandom(seed: Self.placesSeed, UInt64(index))
      let returned = draw.flatMap { batch.returned($0, &places) }
      network.begin(batch.layout)
      try body(batch, network.forward(batch.states, returned: returned, rows: batch.rows))
    }
  }

  /// Every evaluation asks at the same places.
  private static let placesSeed: UInt64 = 4
}
