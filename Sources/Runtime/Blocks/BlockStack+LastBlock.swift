import CleaveModel

/// The last block, where not all of its outputs are wanted. Only keys and values of the other columns are computed:
/// nothing reads their states any more.
extension BlockStack {
  /// Runs the last block: keys and values of all columns, and the states of those that are wanted. The others are
  /// left as the block read them.
  ///
  /// - Parameters:
  ///   - x: `[.., hidden]`, of which `count` rows from `first` on run, in place.
  ///   - spans: the sequences of the columns, and how many of each are wanted.
  func runLast(
    _ x: inout [Float], first: Int, count: Int, spans: some Collection<SequenceSpan>,
    cache: some KVCache, _ work: inout Workspace
  ) {
    let index = blocks.count - 1
    project(index, x, first: first, count: count, &work, nil)
    Attention.store(
      work.spans.spans, &work.projected, count: count, configuration: configuration,
      rotary: work.rotary[kinds[index]], pool: work.pool)
    work.clock?.end(.attention)
    let (wanted, columns) = Self.wanted(spans)
    guard !columns.isEmpty else { return }
    work.wantedSpans.fill(wanted)
    work.wantedSpans.turn(to: index, .attention, of: cache)
    work.projected.compact(rows: columns, width: configuration.querySize)
    var rows: [Float] = []  // [columns, hidden]
    swap(&rows, &work.wanted)
    rows.gather(columns.lazy.map { $0 + first }, of: x, width: configuration.hiddenSize)
    work.clock?.end(.vectors)
    Attention.attend(
      work.wantedSpans.spans, kind: kinds[index], sinks: blocks[index].attentionSinks,
      &work.projected, count: columns.count,
      configuration: configuration, into: &work.attended, pool: work.pool)
    work.clock?.end(.attention)
    finish(index, &rows, first: 0, count: columns.count, &work, nil)
    for (row, column) in columns.enumerated() {
      x.copyRow(row, of: rows, to: first + column, width: configuration.hiddenSize)
    }
    swap(&rows, &work.wanted)
    work.clock?.end(.vectors)
  }

  /// The wanted columns, rising, and their spans as if there were no others.
  private static func wanted(
    _ spans: some Collection<SequenceSpan>
  ) -> (spans: [SequenceSpan], columns: [Int]) {
    var columns: [Int] = []
    let wanted = spans.filter { $0.wanted > 0 }.map { span in
      let skipped = span.count - span.wanted
      defer { columns += span.column + skipped..<span.column + span.count }
      return SequenceSpan(
        slot: span.slot, position: span.position + skipped, column: columns.count,
        count: span.wanted)
    }
    return (wanted, columns)
  }
}

extension [Float] {
  /// Moves these rows to the front, in their order.
  ///
  /// - Parameter rows: rising.
  fileprivate mutating func compact(rows: [Int], width: Int) {
    for (target, row) in rows.enumerated() where target != row {
      for index in 0..<width { self[target * width + index] = self[row * width + index] }
    }
  }

  /// Becomes copies of these rows, in their order.
  fileprivate mutating func gather(_ rows: some Collection<Int>, of source: [Float], width: Int) {
    removeAll(keepingCapacity: true)
    for row in rows { append(contentsOf: source[row * width..<(row + 1) * width]) }
  }

  fileprivate mutating func copyRow(_ row: Int, of source: [Float], to target: Int, width: Int) {
    for index in 0..<width { self[target * width + index] = source[row * width + index] }
  }
}
