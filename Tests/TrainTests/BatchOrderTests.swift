import CleaveTrain
import Testing

/// Which texts go through together, and when.
@Suite struct BatchOrderTests {
  private let lengths = (0..<40).map { (index: 3 * $0, length: 1 + $0 * 7 % 30) }

  private func order(seed: UInt64 = 1) -> BatchOrder { BatchOrder(lengths, rows: 64, seed: seed) }

  private func batches(ofEpoch epoch: Int, _ order: BatchOrder) -> [[Int]] {
    var (order, location) = (order, DataPosition(epoch: epoch))
    var batches: [[Int]] = []
    while true {
      let batch = order.next(&location)
      guard location.epoch == epoch else { return batches }
      batches.append(batch)
      #expect(location.batch == batches.count)
    }
  }

  @Test func everyTextOnceAnEpoch() {
    let length = Dictionary(uniqueKeysWithValues: lengths.map { ($0.index, $0.length) })
    for epoch in 0..<3 {
      let packed = batches(ofEpoch: epoch, order())
      #expect(packed.flatMap { $0 }.sorted() == lengths.map(\.index))
      #expect(packed.allSatisfy { $0.reduce(0) { $0 + length[$1]! } <= 64 && !$0.isEmpty })
      // Two batches that follow one another would not have fitted in one.
      for (batch, next) in zip(packed, packed.dropFirst()) {
        #expect(batch.reduce(0) { $0 + length[$1]! } + length[next[0]]! > 64)
      }
    }
  }

  @Test func theOrderIsAFunctionOfSeedAndEpoch() {
    let (first, second) = (batches(ofEpoch: 0, order()), batches(ofEpoch: 1, order()))
    #expect(batches(ofEpoch: 0, order()) == first)
    #expect(first != second && batches(ofEpoch: 0, order(seed: 2)) != first)
    // As it goes on in one, and from any place in another.
    var (running, location) = (order(), DataPosition())
    let all = (0..<first.count + 3).map { _ in running.next(&location) }
    #expect(all == first + second[..<3])
    #expect(location == DataPosition(epoch: 1, batch: 3))
    var (late, later) = (order(), location)
    #expect(late.next(&later) == second[3])
  }

  @Test func packingKeepsTheOrder() {
    let texts = [3, 4, 2, 9, 1, 10, 10].enumerated().map { (index: $0, length: $1) }
    #expect(BatchOrder.pack(texts, rows: 10) == [[0, 1, 2], [3, 4], [5], [6]])
    #expect(BatchOrder.pack([], rows: 10) == [])
    #expect(BatchOrder([(0, 10), (1, 1)], rows: 10, seed: 1).batchesOfFirstEpoch == 2)
  }
}
