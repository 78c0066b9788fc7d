import CleaveKernels
import CleaveModel

extension CausalAttention {
  /// The rows before the last ones have no gradient: what is read of them is taken as given.
  ///
  /// - Parameters:
  ///   - dout: `[last rows, query]`.
  ///   - dots: `[last rows, heads]`, receives the product of each row's output and its gradient.
  ///   - dqkv: `[last rows, query + key + value]`, receives the gradient.
  func backward(
    _ qkv: MatrixView, _ layout: BatchLayout, _ kind: AttentionKind, out: MatrixView,
    logSums: MatrixView, dout: MatrixView, dots: MatrixView, into dqkv: MatrixView,
    _ workers: Workers
  ) {
    check(qkv, layout, out, logSums)
    check(dqkv, layout.last(dqkv.rows), dout, dots)
    dqkv.clear()
    let first = layout.rows - dqkv.rows
    let texts = layout.texts.indices.filter { layout.texts[$0].lowerBound >= first }
    // The heads of a group add to the gradients of the same keys and values, so one thread does them all.
    workers.forEach(texts.count * kvHeads) { piece, worker in
      let (text, group) = (texts[piece / kvHeads], piece % kvHeads)
      let rows = layout.texts[text]
      let last = rows.lowerBound - first..<rows.upperBound - first
      let deep = layout.deep[text].map { Deep($0.counts, qkv: qkv.rows(layout.texts[$0.text])) }
      for head in group * (heads / kvHeads)..<(group + 1) * (heads / kvHeads) {
        backward(
          Head(
            head: head, group: group, start: layout.starts[text], kind: kind, qkv: qkv.rows(rows),
            deep: deep,
            out: out.rows(rows), logSums: logSums.rows(rows)),
          Gradients(dout: dout.rows(last), dots: dots.rows(last), dqkv: dqkv.rows(last)), worker)
      }
    }
  }

  struct Gradients {
    let dout, dots, dqkv: MatrixView
  }

  private func backward(_ of: Head, _ gradients: Gradients, _ worker: Int) {
    for tile in tiles(of, worker) {
      probabilities(of, tile, logSums: of.logSums)
      tile.split(tile.all, tile.deep)
      let dtile = gradients.dout.columns(query(of.head)).rows(tile.rows)
      let dseen = tile.seen(gradients.dqkv)
      Product.single(
        tile.own, true, dtile, false, into: dseen.columns(value(of.group)), adding: true)
      Product.single(
        dtile, false, tile.seen(of.qkv).columns(value(of.group)), true, into: tile.ownGradient,
        adding: false)
      if let deep = of.deep, tile.deepWidth > 0 {
        let values = deep.qkv.rows(0..<tile.deepWidth).columns(value(of.group))
        Product.single(dtile, false, values, true, into: tile.deepGradient, adding: false)
        tile.merge(tile.deepGradient, into: tile.allGradient)
        tile.merge(tile.deep, into: tile.all)
      }
      softmaxBackward(of, gradients, tile)
      scoresBackward(of, gradients, tile)
    }
  }

  /// Turns the gradient of the probabilities into that of the scores.
  private func softmaxBackward(
    _ of: Head, _ gradients: Gradients, _ tile: Tile
  ) {
    let dout = gradients.dout.columns(query(of.head)).rows(tile.rows)
    let dots = gradients.dots.rows(tile.rows).columns(of.head..<of.head + 1)
    ck_row_dots(
      of.out.columns(query(of.head)).rows(tile.rows).base, dout.base, tile.rows.count,
      headDimension, dout.stride, dots.base, dots.stride)
    var kernel = tile.kernel(scale, cap: cap, of.kind, sink: of.sink)
    ck_causal_softmax_backward(
      &kernel, tile.all.base, tile.allGradient.base, dots.base, dots.stride)
  }

  /// Adds the gradients of the queries and keys, from that of the scores in `tile.allGradient`.
  private func scoresBackward(_ of: Head, _ gradients: Gradients, _ tile: Tile) {
    let queries = of.qkv.rows(tile.rows).columns(query(of.head))
    let dqueries = gradients.dqkv.rows(tile.rows).columns(query(of.head))
    tile.split(tile.allGradient, tile.deepGradient)
    let dp = tile.ownGradient
    Product.single(
      dp, false, tile.seen(of.qkv).columns(key(of.group)), false, into: dqueries, adding: false)
    Product.single(
      dp, true, queries, false, into: tile.seen(gradients.dqkv).columns(key(of.group)),
      adding: true)
    guard let deep = of.deep, tile.deepWidth > 0 else { return }
    let keys = deep.qkv.rows(0..<tile.deepWidth).columns(key(of.group))
    Product.single(tile.deepGradient, false, keys, false, into: dqueries, adding: true)
  }
}
