/// The texts to train on that maps are fitted on, in micro-batches.
struct FitSample {
  let batches: [[Int]]
  let tokens: Int

  /// - Parameters:
  ///   - tokens: about how many tokens; whole texts are taken.
  ///   - rows: the most tokens of a micro-batch.
  init(_ store: CaptureStore, tokens limit: Int, rows: Int) {
    var texts: [(index: Int, length: Int)] = []
    var tokens = 0
    // A fair choice, whatever the order of the sources.
    let training = store.sequences.enumerated().filter { $1.split == .train }
      .sorted { $0.element.digest.sha256 < $1.element.digest.sha256 }
    for (index, sequence) in training where tokens < limit {
      texts.append((index, sequence.length))
      tokens += sequence.length
    }
    self.tokens = tokens
    batches = BatchOrder.pack(texts, rows: rows)
  }
}
