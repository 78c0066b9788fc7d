import CleaveStorage

/// The texts of every micro-batch. An epoch has every text once, in an order that depends on the seed and the
/// epoch alone.
package struct BatchOrder {
  private let lengths: [(index: Int, length: Int)]
  private let rows: Int
  private let seed: UInt64
  private var epoch = -1
  private var batches: [[Int]] = []

  /// - Parameters:
  ///   - lengths: the number of tokens of each text to train on, with its index in the store.
  ///   - rows: the most tokens of a micro-batch; no text is longer.
  package init(_ lengths: [(index: Int, length: Int)], rows: Int, seed: UInt64) {
    precondition(!lengths.isEmpty && lengths.allSatisfy { $0.length <= rows })
    self.lengths = lengths
    self.rows = rows
    self.seed = seed
    fill(0)
    batchesOfFirstEpoch = batches.count
  }

  /// The number of micro-batches of the first epoch; others have about as many.
  package private(set) var batchesOfFirstEpoch = 0

  /// The indices of the texts of the micro-batch at a position, which is moved on to the next.
  package mutating func next(_ position: inout DataPosition) -> [Int] {
    if position.epoch != epoch { fill(position.epoch) }
    if position.batch >= batches.count {
      position = DataPosition(epoch: position.epoch + 1, batch: 0)
      fill(position.epoch)
    }
    defer { position.batch += 1 }
    return batches[position.batch]
  }

  private mutating func fill(_ epoch: Int) {
    self.epoch = epoch
    var random = CounterRandom(seed: seed, 1, UInt64(epoch))
    batches = Self.pack(lengths.shuffled(using: &random), rows: rows)
  }

  /// Divides texts into batches in their order. A batch ends where the next text would not fit.
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
