import CleaveKernels
import CleaveStorage

/// Computes logits after hidden states and reads off them what decoding needs: the most probable token, a
/// sampled one, the k largest logits, or what the confidence of an exit is measured by.
///
/// The results of a row have the same bits whether it is read alone or among others. The reader holds scratch
/// memory only; the weights are those of the `OutputHead` it is given.
struct LogitsReader {
  /// Rows whose logits are in memory together.
  private static let largestBatch = 32

  private let pool: ThreadPool
  private let numerics: Numerics
  private var normed: Activations  // [rows, hidden]
  /// The logits of the rows read last: `[rows, vocabulary]`.
  private(set) var logits: [Float] = []
  private var parts: [ck_logits_part] = []  // [vocabulary / CK_LOGITS_PART, rounded up]
  /// One row of several, and its logits where its head has rows of a text.
  private var single: Activations  // [hidden]
  private var extended: [Float] = []

  init(hiddenSize: Int, numerics: Numerics, pool: ThreadPool) {
    self.pool = pool
    self.numerics = numerics
    normed = Activations(width: hiddenSize, numerics: numerics)
    single = Activations(width: hiddenSize, numerics: numerics)
  }

  // MARK: - One row

  /// The summary of the logits after one hidden state, by their indices. They are in `logits` afterwards:
  /// `[vocabulary]`. Nothing is allocated once the first row has been read.
  ///
  /// - Parameter states: `[.., hidden]`, of which row `row` is read.
  /// - Throws: `InputError` when the logits are no distribution.
  private mutating func summary(
    of states: [Float], row: Int, _ head: OutputHead, temperature: Float
  ) throws(InputError) -> LogitsSummary {
    let matrix = head.unembedding.matrix
    grow(rows: 1, matrix, logits: head.rows)
    normed.normalize(
      states, first: row, count: 1, head.norm, pool: pool)
    if let text = head.text {
      return try LogitsSummary(
        matrix.unembed(
          normed, then: text.matrix, bias: head.unembedding.bias, cap: head.unembedding.cap,
          temperature: temperature, into: &logits, parts: &parts, pool: pool))
    }
    return try LogitsSummary(
      matrix.unembed(
        normed, bias: head.unembedding.bias, cap: head.unembedding.cap, temperature: temperature,
        into: &logits, parts: &parts, pool: pool))
  }

  /// The token chosen after one hidden state. All logits are in `logits` afterwards.
  ///
  /// - Parameters:
  ///   - states: `[.., hidden]`, of which row `row` is read.
  ///   - temperature: that of the summary.
  /// - Throws: `InputError` when the logits are no distribution.
  mutating func choose(
    _ request: TokenRequest, after states: [Float], row: Int, _ head: OutputHead,
    temperature: Float = 1
  ) throws(InputError) -> TokenChoice {
    let summary = try summary(of: states, row: row, head, temperature: temperature)
    let index = request.sampling.choose(from: logits, summary, position: request.position)
    return TokenChoice(token: head.token(at: index), summary: summary.naming(head))
  }

  // MARK: - Many rows

  /// The tokens chosen after several hidden states.
  ///
  /// - Parameters:
  ///   - requests: one for each row.
  ///   - states: `[requests.count, hidden]`.
  /// - Returns: for each row the choice, or the error that its logits are no distribution.
  mutating func choose(
    _ requests: [TokenRequest], after states: [Float], _ head: OutputHead
  ) -> [Result<TokenChoice, InputError>] {
    var choices: [Result<TokenChoice, InputError>] = []
    for rows in Self.batches(requests.count) {
      compute(states, rows, head)
      for (row, summary) in largest(1, rows: rows.count).summaries.enumerated() {
        choices.append(
          choice(
            requests[rows.lowerBound + row], summary, row: row,
            vocabulary: head.unembedding.matrix.rows))
      }
    }
    return choices
  }

  /// The k largest logits after several hidden states.
  ///
  /// - Parameter states: `[count, hidden]`.
  /// - Throws: `InputError` when logits are no distribution.
  mutating func top(
    _ k: Int, after states: [Float], count: Int, _ head: OutputHead
  ) throws(InputError) -> TopLogits {
    try top(k, after: states, count: count, head, choosing: []).top
  }

  /// The k largest logits after several hidden states, and the tokens chosen after some of them.
  ///
  /// - Parameters:
  ///   - states: `[.., hidden]`, of which the first `count` rows are read.
  ///   - requests: by rising row.
  /// - Returns: the largest logits of every row, and the tokens in the order of the requests.
  /// - Throws: `InputError` when logits are no distribution.
  mutating func top(
    _ k: Int, after states: [Float], count: Int, _ head: OutputHead,
    choosing requests: [(row: Int, token: TokenRequest)]
  ) throws(InputError) -> (top: TopLogits, tokens: [Int]) {
    let vocabulary = head.unembedding.matrix.rows
    precondition((1...vocabulary).contains(k))
    var (top, tokens) = (TopLogits(k: k), [Int]())
    for rows in Self.batches(count) {
      compute(states, rows, head)
      let (ids, values, summaries) = largest(k, rows: rows.count)
      for summary in summaries { _ = try LogitsSummary(summary) }
      while tokens.count < requests.count, requests[tokens.count].row < rows.upperBound {
        let (row, token) = requests[tokens.count]
        precondition(row >= rows.lowerBound, "rows that do not rise")
        tokens.append(
          try choice(
            token, summaries[row - rows.lowerBound], row: row - rows.lowerBound,
            vocabulary: vocabulary
          ).get().token)
      }
      top.ids += ids
      top.logits += values
      top.logSumExp += summaries.map(\.log_sum_exp)
    }
    return (top, tokens)
  }

  /// What the confidence of an exit may be measured by, after several hidden states.
  ///
  /// - Parameters:
  ///   - states: `[.., hidden]`, of which the first `count` rows are read.
  ///   - text: for each row, the rows that follow those of an exit vocabulary there; not asked for other heads.
  /// - Throws: `InputError` when logits are no distribution.
  mutating func signals(
    after states: [Float], count: Int, _ head: OutputHead, temperature: Float,
    text: (_ row: Int) -> TextRows? = { _ in nil }
  ) throws(InputError) -> [LogitsSignals] {
    var all: [LogitsSignals] = []
    for rows in Self.batches(count) {
      compute(states, rows, head)
      let texts = rows.map { head.unembedding.tokens == nil ? nil : text($0) }
      var signals = [ck_signals](repeating: .init(), count: rows.count)
      // Rows without a text among rows with one are read as those are.
      let isExtended = texts.contains { $0 != nil }
      if !isExtended {
        ck_find_signals(
          pool.handle, logits, logits.count / rows.count, rows.count, temperature, &signals)
      }
      for (index, row) in rows.enumerated() {
        let head = OutputHead(norm: head.norm, unembedding: head.unembedding, text: texts[index])
        if isExtended {
          signals[index] = extendedSignals(states, row, logits: index, head, temperature)
        }
        all.append(try LogitsSignals(signals[index], head))
      }
    }
    return all
  }

  /// The signals of one row whose logits go on after those in `logits`.
  ///
  /// - Parameter index: the row in `logits`.
  private mutating func extendedSignals(
    _ states: [Float], _ row: Int, logits index: Int, _ head: OutputHead, _ temperature: Float
  ) -> ck_signals {
    let width = head.unembedding.matrix.rows
    extended.removeAll(keepingCapacity: true)
    extended += logits[index * width..<(index + 1) * width]
    if let text = head.text {
      extended.grow(to: head.rows)
      single.grow(columns: 1)
      single.normalize(
        states, first: row, count: 1, head.norm, pool: pool)
      text.matrix.multiply(single, into: &extended, from: width, pool: pool)
      VectorKernels.cap(
        &extended, from: width, count: text.matrix.rows, at: head.unembedding.cap, pool: pool)
    }
    var signals = ck_signals()
    ck_find_signals(pool.handle, extended, extended.count, 1, temperature, &signals)
    return signals
  }

  /// All logits after several hidden states, in memory at once.
  ///
  /// - Parameter states: `[count, hidden]`.
  /// - Returns: `[count, vocabulary]`.
  func logits(after states: [Float], _ head: OutputHead) -> [Float] {
    let (matrix, width) = (head.unembedding.matrix, self.normed.width)
    let count = states.count / width
    var normed = Activations(width: width, numerics: numerics)
    normed.grow(columns: count)
    normed.normalize(
      states, count: count, head.norm, pool: pool)
    var logits = [Float](repeating: 0, count: count * matrix.rows)
    Matrix.multiply([matrix], normed, count: count, into: &logits, pool: pool)
    head.unembedding.finish(&logits, rows: count, pool: pool)
    return logits
  }

  // MARK: - Steps

  private static func batches(_ count: Int) -> [Range<Int>] {
    stride(from: 0, to: count, by: largestBatch).map { $0..<min($0 + largestBatch, count) }
  }

  /// Makes `logits` as long as asked, and the rest of the scratch memory long enough for this many rows.
  private mutating func grow(rows: Int, _ matrix: Matrix, logits count: Int) {
    normed.grow(columns: rows)
    if logits.count > count { logits.removeLast(logits.count - count) }
    logits.grow(to: count)
    let missing = (matrix.rows + Int(CK_LOGITS_PART) - 1) / Int(CK_LOGITS_PART) - parts.count
    if missing > 0 { parts += Array(repeating: ck_logits_part(), count: missing) }
  }

  /// Logits after some rows of states: one product with the unembedding for all of them.
  private mutating func compute(_ states: [Float], _ rows: Range<Int>, _ head: OutputHead) {
    let matrix = head.unembedding.matrix
    grow(rows: rows.count, matrix, logits: rows.count * matrix.rows)
    normed.normalize(
      states, first: rows.lowerBound, count: rows.count, head.norm, pool: pool)
    Matrix.multiply([matrix], normed, count: rows.count, into: &logits, pool: pool)
    head.unembedding.finish(&logits, rows: rows.count, pool: pool)
  }

  /// The k largest of the logits of each row, and their summaries at temperature 1: `[rows, k]`, `[rows, k]`
  /// and `[rows]`.
  private func largest(
    _ k: Int, rows: Int
  ) -> (ids: [UInt32], values: [Float], summaries: [ck_logits_summary]) {
    var ids = [UInt32](repeating: 0, count: rows * k)
    var values = [Float](repeating: 0, count: rows * k)
    var summaries = [ck_logits_summary](repeating: .init(), count: rows)
    ck_top_logits(
      pool.handle, logits, logits.count / rows, rows, k, &ids, &values, &summaries)
    return (ids, values, summaries)
  }

  private func choice(
    _ request: TokenRequest, _ summary: ck_logits_summary, row: Int, vocabulary: Int
  ) -> Result<TokenChoice, InputError> {
    Result { () throws(InputError) -> TokenChoice in
      let summary = try LogitsSummary(summary)
      guard request.sampling.temperature > 0 else {
        return TokenChoice(token: summary.token, summary: summary)
      }
      return TokenChoice(
        token: request.sampling.choose(
          from: Array(logits[row * vocabulary..<(row + 1) * vocabulary]), summary,
          position: request.position),
        summary: summary)
    }
  }
}

/// How a token is to be chosen, and the position that it will have.
struct TokenRequest {
  let sampling: Sampling
  let position: Int
}

/// A chosen token, and the summary of the logits at temperature 1 that it was chosen from.
struct TokenChoice {
  let token: Int
  let summary: LogitsSummary
}
