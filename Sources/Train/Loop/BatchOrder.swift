import CleaveStorage

/// Which texts make up which micro-batch: every text once an epoch, in an order that is a function of
/// the seed and the epoch.
package struct BatchOrder {
  private let lengths: [(index: Int, length: Int)]
  private let rows: Int
  private let seed: UInt64
  private var epoch = -1
  private var batches: [[Int]] = []

  /// - Parameters:
  ///   - lengths: of the texts to train on, by their index in the store.
  ///   - rows: the most of a micro-batch; no text is longer.
  package init(_ lengths: [(index: Int, length: Int)], rows: Int, seed: UInt64) {
    precondition(!lengths.isEmpty && lengths.allSatisfy { $0.length <= rows })
    self.lengths = lengths
    self.rows = rows
    self.seed = seed
    fill(0)
    batchesOfFirstEpoch = batches.count
  }

  /// Micro-batches of the first epoch; others have about as many.
  package private(set) var batchesOfFirstEpoch = 0

  /// The micro-batch at a place, which moves to the next.
  package mutating func next(_ location: inout TrainingPlace) -> [Int] {
    if location.epoch != epoch { fill(location.epoch) }
    if location.batch >= batches.count {
      location = TrainingPlace(epoch: location.epoch + 1, batch: 0)
      fill(location.epoch)
    }
    defer { location.batch += 1 }
    return batches[location.batch]
  }

  private mutating func fill(_ epoch: Int) {
    self.epoch = epoch
    var random = CounterRandom(seed: seed, 1, UInt64(epoch))
    batches = Self.pack(lengths.shuffled(using: &random), rows: rows)
  }

  /// Texts in order, a new batch when the next would not fit.
  package static func pack(_ texts: [(index: Int, length: Int)], rows: Int) -> [[Int]] {
    var batches: [[Int]] = []
    var (batch, filled): ([Int], Int) = ([], 0)
    for text in texts {
      if filled + text.length > rows, !batch.isEmpty {
        batches.append(batch)
        (batch, filled) = ([], 0)
      }
      batch.append(text.index)
      filled += text.length
    }
    if !batch.isEmpty { batches.append(batch) }
    return batches
  }
}

/// How far training is in its data.
package struct TrainingPlace: Equatable {
  package var epoch = 0
  /// Of the epoch, the next one.
  package var batch = 0

  package init(epoch: Int = 0, batch: Int = 0) {
    self.epoch = epoch
    self.batch = batch
  }
}
