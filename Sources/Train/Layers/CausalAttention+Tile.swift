import CleaveKernels
import CleaveModel

extension CausalAttention {
  /// Consecutive queries of a text that are computed together: their scores or probabilities for the text's own keys
  /// and for those of the deep text, and the gradients of these.
  struct Tile {
    let rows: Range<Int>
    /// The position of the text's first row.
    private let start: Int
    /// For each row how many keys it reads in the deep text; nil without one.
    private let counts: ArraySlice<Int>?
    let all, allGradient: MatrixView  // [rows, start + rows.upperBound]
    let deep, deepGradient: MatrixView  // [rows, deepWidth]
    /// What the cap of scores multiplies gradients by.
    private let slopes: MatrixView  // [rows, start + rows.upperBound]

    /// The matrices of a tile.
    static let parts = 5

    init(_ rows: Range<Int>, start: Int, counts: ArraySlice<Int>?, _ scratch: FloatBuffer) {
      self.rows = rows
      self.start = start
      self.counts = counts
      let part = scratch.count / Self.parts
      let positions = start + rows.upperBound
      all = scratch.matrix(rows.count, positions)
      allGradient = scratch.matrix(rows.count, positions, at: part)
      let width = counts?.max() ?? 0
      deep = scratch.matrix(rows.count, width, at: 2 * part)
      deepGradient = scratch.matrix(rows.count, width, at: 3 * part)
      slopes = scratch.matrix(rows.count, positions, at: 4 * part)
    }

    /// The columns of the positions that have a row in the text.
    var own: MatrixView { all.columns(start..<all.columns) }
    var ownGradient: MatrixView { allGradient.columns(start..<all.columns) }

    /// The number of the deep text's keys that any row reads.
    var deepWidth: Int { deep.columns }

    /// The rows of the text that the tile's queries may see.
    func seen(_ text: MatrixView) -> MatrixView { text.rows(0..<rows.upperBound) }

    /// Copies the columns that each row reads of the deep text over those of the text itself.
    func merge(_ deep: MatrixView, into all: MatrixView) {
      forEachRow { row, count in
        all.rows(row..<row + 1).columns(0..<count)
          .copy(from: deep.rows(row..<row + 1).columns(0..<count))
      }
    }

    /// Moves the columns that each row reads of the deep text there, and leaves zeros on either side.
    func split(_ all: MatrixView, _ deep: MatrixView) {
      forEachRow { row, count in
        let (from, to) = (all.rows(row..<row + 1), deep.rows(row..<row + 1))
        to.clear()
        to.columns(0..<count).copy(from: from.columns(0..<count))
        from.columns(0..<count).clear()
      }
    }

    private func forEachRow(_ body: (_ row: Int, _ count: Int) -> Void) {
      guard let counts, deepWidth > 0 else { return }
      for (row, count) in counts.enumerated() { body(row, count) }
    }

    func kernel(
      _ scale: Float, cap: Float, _ kind: AttentionKind, sink: Float
    ) -> ck_causal_tile {
      ck_causal_tile(
        rows: rows.count, width: all.columns, first: start + rows.lowerBound,
        window: kind.window ?? 0, scale: scale, cap: cap, slopes: slopes.base, sink: sink)
    }
  }
}
