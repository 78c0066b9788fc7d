import CleaveKernels
import CleaveModel

/// Grouped-query attention of every text of a batch to itself, forward and backward. Only the log-sum-exp of
/// each row is kept; the backward pass computes the probabilities again (FlashAttention, Dao et al. 2022,
/// arXiv 2205.14135, section 3.1).
struct CausalAttention: Sendable {
  let heads: Int
  let kvHeads: Int
  let headDimension: Int
  /// For each thread, the scores of a tile of queries and their gradients.
  private let scratch: [FloatBuffer]
  private let longest: Int
  private static let tileRows = 64

  init(_ configuration: ModelConfiguration, longest: Int, workers: Workers) {
    heads = configuration.headCount
    kvHeads = configuration.kvHeadCount
    headDimension = configuration.headDimension
    self.longest = longest
    scratch = (0..<workers.count).map { _ in FloatBuffer(2 * Self.tileRows * longest) }
  }

  private var scale: Float { 1 / Float(headDimension).squareRoot() }
  private var querySize: Int { heads * headDimension }
  private var kvSize: Int { kvHeads * headDimension }

  private func query(_ head: Int) -> Range<Int> {
    head * headDimension..<(head + 1) * headDimension
  }
  private func key(_ head: Int) -> Range<Int> {
    querySize + head * headDimension..<querySize + (head + 1) * headDimension
  }
  private func value(_ head: Int) -> Range<Int> {
    querySize + kvSize + head * headDimension..<querySize + kvSize + (head + 1) * headDimension
  }

  /// - Parameters:
  ///   - qkv: `[rows, query + key + value]`, rotated.
  ///   - out: `[rows, query]`.
  ///   - logSums: `[rows, heads]`, receives what backward needs.
  func forward(
    _ qkv: MatrixView, _ layout: BatchLayout, into out: MatrixView, logSums: MatrixView,
    _ workers: Workers
  ) {
    check(qkv, layout, out, logSums)
    workers.forEach(layout.texts.count * heads) { piece, worker in
      let (text, head) = (layout.texts[piece / heads], piece % heads)
      let group = head / (heads / kvHeads)
      let (rows, out) = (qkv.rows(text), out.rows(text).columns(query(head)))
      for first in stride(from: 0, to: text.count, by: Self.tileRows) {
        let tile = Tile(first: first, count: text.count, size: Self.tileRows)
        let seen = 0..<tile.rows.upperBound
        let scores = scratch[worker].matrix(tile.rows.count, seen.count)
        let queries = rows.rows(tile.rows).columns(query(head))
        Product.single(
          queries, false, rows.rows(seen).columns(key(group)), true, into: scores, adding: false)
        var kernel = tile.kernel(scale)
        let sums = logSums.rows(text).rows(tile.rows).columns(head..<head + 1)
        ck_causal_softmax(&kernel, scores.base, sums.base, sums.stride)
        Product.single(
          scores, false, rows.rows(seen).columns(value(group)), false, into: out.rows(tile.rows),
          adding: false)
      }
    }
  }

  /// - Parameters:
  ///   - dots: `[rows, heads]`, scratch.
  ///   - dqkv: `[rows, query + key + value]`, receives the gradient.
  func backward(
    _ qkv: MatrixView, _ layout: BatchLayout, out: MatrixView, logSums: MatrixView,
    dout: MatrixView, dots: MatrixView, into dqkv: MatrixView, _ workers: Workers
  ) {
    check(qkv, layout, out, logSums)
    check(dqkv, layout, dout, dots)
    dqkv.clear()
    // The heads of a group add to the gradients of the same keys and values, so one thread does them all.
    workers.forEach(layout.texts.count * kvHeads) { piece, worker in
      let (text, group) = (layout.texts[piece / kvHeads], piece % kvHeads)
      for head in group * (heads / kvHeads)..<(group + 1) * (heads / kvHeads) {
        backward(
          Head(
            text: text, head: head, group: group, qkv: qkv.rows(text), out: out.rows(text),
            logSums: logSums.rows(text), dout: dout.rows(text), dots: dots.rows(text),
            dqkv: dqkv.rows(text)), worker)
      }
    }
  }

  private struct Head {
    let text: Range<Int>
    let head: Int
    let group: Int
    let qkv, out, logSums, dout, dots, dqkv: MatrixView
  }

  private func backward(_ of: Head, _ worker: Int) {
    let column = of.head..<of.head + 1
    let (out, dout) = (of.out.columns(query(of.head)), of.dout.columns(query(of.head)))
    for first in stride(from: 0, to: of.text.count, by: Self.tileRows) {
      let tile = Tile(first: first, count: of.text.count, size: Self.tileRows)
      let seen = of.qkv.rows(0..<tile.rows.upperBound)
      let dseen = of.dqkv.rows(0..<tile.rows.upperBound)
      let count = tile.rows.count * seen.rows
      let p = scratch[worker].matrix(tile.rows.count, seen.rows)
      let dp = scratch[worker].matrix(tile.rows.count, seen.rows, at: count)
      let queries = of.qkv.rows(tile.rows).columns(query(of.head))
      let dtile = dout.rows(tile.rows)
      var kernel = tile.kernel(scale)
      Product.single(queries, false, seen.columns(key(of.group)), true, into: p, adding: false)
      let sums = of.logSums.rows(tile.rows).columns(column)
      ck_causal_softmax_again(&kernel, p.base, sums.base, sums.stride)
      Product.single(p, true, dtile, false, into: dseen.columns(value(of.group)), adding: true)
      Product.single(dtile, false, seen.columns(value(of.group)), true, into: dp, adding: false)
      let dots = of.dots.rows(tile.rows).columns(column)
      ck_row_dots(
        out.rows(tile.rows).base, dtile.base, tile.rows.count, headDimension, dout.stride,
        dots.base,
        dots.stride)
      ck_causal_softmax_backward(&kernel, p.base, dp.base, dots.base, dots.stride)
      Product.single(
        dp, false, seen.columns(key(of.group)), false,
        into: of.dqkv.rows(tile.rows).columns(query(of.head)), adding: false)
      Product.single(dp, true, queries, false, into: dseen.columns(key(of.group)), adding: true)
    }
  }

  /// Consecutive queries of a text that are computed together.
  private struct Tile {
    let rows: Range<Int>

    init(first: Int, count: Int, size: Int) { rows = first..<min(first + size, count) }

    func kernel(_ scale: Float) -> ck_causal_tile {
      ck_causal_tile(
        rows: rows.count, width: rows.upperBound, first: rows.lowerBound, scale: scale)
    }
  }

  private func check(
    _ qkv: MatrixView, _ layout: BatchLayout, _ out: MatrixView, _ sums: MatrixView
  ) {
    precondition(qkv.columns == querySize + 2 * kvSize && out.columns == querySize)
    precondition(out.isDense && sums.columns == heads && layout.longest <= longest)
    precondition([qkv.rows, out.rows, sums.rows].allSatisfy { $0 == layout.rows })
  }
}
