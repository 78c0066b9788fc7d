import CleaveKernels

extension CausalAttention {
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
    let groups = layout.groups
    // The heads of a group, and the texts that read one another, add to the gradients of the same keys and
    // values, so one thread does them all.
    workers.forEach(groups.count * kvHeads) { piece, worker in
      let group = piece % kvHeads
      for text in groups[piece / kvHeads] {
        let rows = layout.texts[text]
        let deep = layout.deep[text].map { deep in
          let texts = layout.texts[deep.text]
          return Deep(deep.counts, qkv: qkv.rows(texts), dqkv: dqkv.rows(texts))
        }
        for head in group * (heads / kvHeads)..<(group + 1) * (heads / kvHeads) {
          backward(
            Head(
              head: head, group: group, qkv: qkv.rows(rows), deep: deep, out: out.rows(rows),
              logSums: logSums.rows(rows)),
            Gradients(dout: dout.rows(rows), dots: dots.rows(rows), dqkv: dqkv.rows(rows)), worker)
        }
      }
    }
  }

  struct Gradients {
    let dout, dots, dqkv: MatrixView
  }

  private func backward(_ of: Head, _ gradients: Gradients, _ worker: Int) {
    for tile in tiles(of, worker) {
      probabilities(of, tile, logSums: of.logSums)
      tile.split(tile.own, tile.deep)
      let (p, dp) = (tile.own, tile.ownGradient)
      let dtile = gradients.dout.columns(query(of.head)).rows(tile.rows)
      let dseen = tile.seen(gradients.dqkv)
      Product.single(p, true, dtile, false, into: dseen.columns(value(of.group)), adding: true)
      Product.single(
        dtile, false, tile.seen(of.qkv).columns(value(of.group)), true, into: dp, adding: false)
      if let deep = of.deep, let dqkv = deep.dqkv, tile.deepWidth > 0 {
        let rows = 0..<tile.deepWidth
        Product.single(
          tile.deep, true, dtile, false, into: dqkv.rows(rows).columns(value(of.group)),
          adding: true)
        Product.single(
          dtile, false, deep.qkv.rows(rows).columns(value(of.group)), true,
          into: tile.deepGradient, adding: false)
        tile.merge(tile.deepGradient, into: dp)
        tile.merge(tile.deep, into: p)
      }
      softmaxBackward(of, gradients, tile, p, dp)
      scoresBackward(of, gradients, tile)
    }
  }

  /// Turns the gradient of the probabilities into that of the scores.
  private func softmaxBackward(
    _ of: Head, _ gradients: Gradients, _ tile: Tile, _ p: MatrixView, _ dp: MatrixView
  ) {
    let dout = gradients.dout.columns(query(of.head)).rows(tile.rows)
    let dots = gradients.dots.rows(tile.rows).columns(of.head..<of.head + 1)
    ck_row_dots(
      of.out.columns(query(of.head)).rows(tile.rows).base, dout.base, tile.rows.count,
      headDimension, dout.stride, dots.base, dots.stride)
    var kernel = tile.kernel(scale)
    ck_causal_softmax_backward(&kernel, p.base, dp.base, dots.base, dots.stride)
  }

  /// Adds the gradients of the queries and keys, from that of the scores in `tile.ownGradient`.
  private func scoresBackward(_ of: Head, _ gradients: Gradients, _ tile: Tile) {
    let queries = of.qkv.rows(tile.rows).columns(query(of.head))
    let dqueries = gradients.dqkv.rows(tile.rows).columns(query(of.head))
    let dp = tile.ownGradient
    tile.split(dp, tile.deepGradient)
    Product.single(
      dp, false, tile.seen(of.qkv).columns(key(of.group)), false, into: dqueries, adding: false)
    Product.single(
      dp, true, queries, false, into: tile.seen(gradients.dqkv).columns(key(of.group)),
      adding: true)
    guard let deep = of.deep, let dqkv = deep.dqkv, tile.deepWidth > 0 else { return }
    let rows = 0..<tile.deepWidth
    Product.single(
      tile.deepGradient, false, deep.qkv.rows(rows).columns(key(of.group)), false,
      into: dqueries, adding: true)
    Product.single(
      tile.deepGradient, true, queries, false, into: dqkv.rows(rows).columns(key(of.group)),
      adding: true)
  }
}
