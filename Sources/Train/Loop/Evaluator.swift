import CleaveKernels
import CleaveStorage
import Glibc

/// Measures exits on held-out texts.
final class Evaluator {
  private let network: TrainableExits
  private let loss: DistillationLoss
  private let vocabulary: Int
  private let reader: BatchReader
  private let batches: [[Int]]

  /// - Parameter tokens: about how many tokens of answers to measure on; whole texts are taken.
  /// - Throws: `InputError` when no text is held out.
  init(
    _ store: CaptureStore, _ network: TrainableExits, _ loss: DistillationLoss, rows: Int,
    tokens: Int
  ) throws {
    self.network = network
    self.loss = loss
    vocabulary = network.configuration.vocabularySize
    reader = try BatchReader(store, depths: network.depths, rows: rows)
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

  /// The score of each exit.
  func scores() throws -> [HeldOutScore] {
    var results = [[ck_distilled]](repeating: [], count: network.exits.count)
    try forEachBatch { batch, normed in
      let all = CandidateSet(vocabulary: vocabulary, batch.teacher)
      for (exit, normed) in normed.enumerated() {
        results[exit] += loss(normed, batch.teacher, all)
      }
    }
    return results.map(HeldOutScore.init)
  }

  /// The temperature of each exit with the smallest mean negative log-likelihood of the teacher's tokens,
  /// from a grid in steps of 4 % (temperature scaling, Guo et al., arXiv 1706.04599).
  func temperatures() throws -> [Double] {
    let grid = (-35...35).map { Float(pow(1.04, Double($0))) }
    var sums = [[Double]](
      repeating: [Double](repeating: 0, count: grid.count), count: network.exits.count)
    try forEachBatch { batch, normed in
      for (exit, normed) in normed.enumerated() {
        let part = loss.surprise(normed, batch.teacher, temperatures: grid)
        for (index, value) in part.enumerated() {
          sums[exit][index] += value * Double(batch.teacher.rows)
        }
      }
    }
    return sums.map { sums in
      let best = sums.indices.min { sums[$0] < sums[$1] } ?? 20
      return Double(grid[best])
    }
  }

  private func forEachBatch(_ body: (TrainingBatch, [MatrixView]) throws -> Void) throws {
    for texts in batches {
      let batch = try reader.read(texts, promptWeight: 0)
      network.begin(batch.layout)
      try body(batch, network.forward(batch.states, rows: batch.rows))
    }
  }
}
