import CleaveStorage

/// The places where the cloud is asked in the texts of training. What an exit reads depends on them, so exits learn
/// from texts of every kind: nothing comes back, or after few of the answer's tokens, or after many.
package struct FeedbackDraw: Equatable, Sendable {
  /// The share of texts in which nothing comes back, as on an edge that runs alone.
  package var aloneShare = 0.3
  /// In the other texts each token of the answer is asked about with a chance that is drawn for the text from this
  /// range.
  package var askRates = 0.1...0.7

  package init() {}

  /// Each token is asked about with this chance.
  package init(askRate: Double) {
    aloneShare = 0
    askRates = askRate...askRate
  }

  var json: JSON {
    [
      "alone_share": .real(aloneShare), "least_ask_rate": .real(askRates.lowerBound),
      "most_ask_rate": .real(askRates.upperBound),
    ]
  }

  /// Draws the places of one text.
  ///
  /// - Parameters:
  ///   - length: the number of its tokens.
  ///   - promptLength: the number of those of its prompt. Only tokens after it are asked about.
  /// - Returns: for each row, how many of the first positions have come back when it is read. The token at position
  ///   P is decided at row P - 1; where the cloud is asked about it, the rows from P on read P positions.
  package func counts(
    length: Int, promptLength: Int, _ random: inout CounterRandom
  ) -> [Int] {
    let isAlone = random.uniform() < aloneShare
    let rate =
      askRates.lowerBound + random.uniform() * (askRates.upperBound - askRates.lowerBound)
    var counts: [Int] = []
    var returned = 0
    for row in 0..<length {
      counts.append(returned)
      let isDecided = row >= promptLength - 1
      if !isAlone, isDecided, random.uniform() < rate { returned = row + 1 }
    }
    return counts
  }
}

extension TrainingBatch {
  /// What comes back in this batch; nil where no exit has feedback.
  func returned(_ draw: FeedbackDraw, _ random: inout CounterRandom) -> TrainableExits.Returned? {
    guard let deep else { return nil }
    var counts: [[Int]] = []
    for (rows, promptLength) in zip(layout.texts, promptLengths) {
      counts.append(draw.counts(length: rows.count, promptLength: promptLength, &random))
    }
    return TrainableExits.Returned(states: deep, counts: counts)
  }

  /// The batch without losses before anything has come back, in texts where something does. Nothing later reads what
  /// the edge computes there, so that it need not be computed: texts where nothing comes back teach the same. It is for
  /// exits that all read what comes back.
  ///
  /// - Parameter returned: becomes what comes back in that batch.
  func droppingBeginnings(_ returned: inout TrainableExits.Returned?) -> TrainingBatch {
    guard let all = returned else { return self }
    let starts = all.counts.map { counts in counts.firstIndex { $0 > 0 } ?? 0 }
    returned = TrainableExits.Returned(states: all.states, counts: all.counts, starts: starts)
    let kept = teacher.positions.indices.filter {
      teacher.positions[$0].position >= starts[teacher.positions[$0].text]
    }
    return TrainingBatch(
      layout: layout, states: states, deep: deep, last: last, promptLengths: promptLengths,
      rows: kept.map { rows[$0] }, teacher: teacher.rows(kept))
  }
}
