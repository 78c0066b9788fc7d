import CleaveKernels
import CleaveModel

/// Grouped-query attention of every text of a batch to itself, forward and backward. Only the log-sum-exp of
/// each row is kept; the backward pass computes the probabilities again (FlashAttention, Dao et al. 2022,
/// arXiv 2205.14135, section 3.1). Rows of a text may read another text's keys and values at their first positions
/// (`BatchLayout.Deep`).
struct CausalAttention: Sendable {
  let heads: Int
  let kvHeads: Int
  let headDimension: Int
  /// What scores are multiplied with.
  let scale: Float
  /// What scores are capped at; 0 for none.
  let cap: Float
  /// For each thread, the scores of a tile of queries and their gradients, of the text and of the deep one, and the
  /// slopes of the cap.
  private let scratch: [FloatBuffer]
  private let longest: Int
  private static let tileRows = 64

  init(_ configuration: ModelConfiguration, longest: Int, workers: Workers) {
    heads = configuration.headCount
    kvHeads = configuration.kvHeadCount
    headDimension = configuration.headDimension
    scale = configuration.attentionScale ?? 1 / Float(headDimension).squareRoot()
    cap = configuration.attentionCap ?? 0
    self.longest = longest
    scratch = (0..<workers.count).map { _ in FloatBuffer(Tile.parts * Self.tileRows * longest) }
  }

  private var querySize: Int { heads * headDimension }
  private var kvSize: Int { kvHeads * headDimension }

  func query(_ head: Int) -> Range<Int> {
    head * headDimension..<(head + 1) * headDimension
  }
  func key(_ head: Int) -> Range<Int> {
    querySize + head * headDimension..<querySize + (head + 1) * headDimension
  }
  func value(_ head: Int) -> Range<Int> {
    querySize + kvSize + head * headDimension..<querySize + kvSize + (head + 1) * headDimension
  }

  /// - Parameters:
  ///   - qkv: `[rows, query + key + value]`, rotated.
  ///   - sinks: for each head a score that takes weight and adds no value, `[1, heads]`; nil for none.
  ///   - out: `[rows, query]`.
  ///   - logSums: `[rows, heads]`, receives what backward needs.
  func forward(
    _ qkv: MatrixView, _ layout: BatchLayout, _ kind: AttentionKind, sinks: MatrixView?,
    into out: MatrixView, logSums: MatrixView, _ workers: Workers
  ) {
    check(qkv, layout, out, logSums)
    precondition((sinks?.columns ?? heads) == heads)
    workers.forEach(layout.texts.count * heads) { piece, worker in
      let (text, head) = (piece / heads, piece % heads)
      let rows = layout.texts[text]
      forward(
        Head(
          head: head, group: head / (heads / kvHeads), start: layout.starts[text], kind: kind,
          sink: sinks.map { $0.base[head] } ?? -.infinity, qkv: qkv.rows(rows),
          deep: layout.deep[text].map { Deep($0.counts, qkv: qkv.rows(layout.texts[$0.text])) },
          out: out.rows(rows), logSums: logSums.rows(rows)), worker)
    }
  }

  private func forward(_ of: Head, _ worker: Int) {
    for tile in tiles(of, worker) {
      probabilities(of, tile, logSums: nil)
      tile.split(tile.all, tile.deep)
      let out = of.out.columns(query(of.head)).rows(tile.rows)
      Product.single(
        tile.own, false, tile.seen(of.qkv).columns(value(of.group)), false, into: out,
        adding: false)
      guard let deep = of.deep, tile.deepWidth > 0 else { continue }
      let values = deep.qkv.rows(0..<tile.deepWidth).columns(value(of.group))
      Product.single(tile.deep, false, values, false, into: out, adding: true)
    }
  }

  /// Fills `tile.all` with the attention probabilities of the tile's queries.
  ///
  /// - Parameter logSums: nil in the forward pass, which stores them; else what it stored.
  func probabilities(_ of: Head, _ tile: Tile, logSums: MatrixView?) {
    let queries = of.qkv.rows(tile.rows).columns(query(of.head))
    Product.single(
      queries, false, tile.seen(of.qkv).columns(key(of.group)), true, into: tile.own,
      adding: false)
    if let deep = of.deep, tile.deepWidth > 0 {
      let keys = deep.qkv.rows(0..<tile.deepWidth).columns(key(of.group))
      Product.single(queries, false, keys, true, into: tile.deep, adding: false)
      tile.merge(tile.deep, into: tile.all)
    }
    var kernel = tile.kernel(scale, cap: cap, of.kind, sink: of.sink)
    let sums = (logSums ?? of.logSums).rows(tile.rows).columns(of.head..<of.head + 1)
    if logSums == nil {
      ck_causal_softmax(&kernel, tile.all.base, sums.base, sums.stride)
    } else {
      ck_causal_softmax_again(&kernel, tile.all.base, sums.base, sums.stride)
    }
  }

  /// One head of one text.
  struct Head {
    let head: Int
    let group: Int
    /// The position of the text's first row.
    let start: Int
    let kind: AttentionKind
    /// The score that belongs to no key, in the forward pass; the backward pass has it in `logSums`.
    var sink = -Float.infinity
    let qkv: MatrixView
    let deep: Deep?
    let out, logSums: MatrixView
  }

  /// The text whose keys and values are read in place of a text's own first ones.
  struct Deep {
    let counts: [Int]
    let qkv: MatrixView

    init(_ counts: [Int], qkv: MatrixView) {
      self.counts = counts
      self.qkv = qkv
    }
  }

  /// The tiles of a text's queries, with a worker's scratch memory.
  func tiles(_ of: Head, _ worker: Int) -> [Tile] {
    stride(from: 0, to: of.qkv.rows, by: Self.tileRows).map { first in
      let rows = first..<min(first + Self.tileRows, of.qkv.rows)
      return Tile(rows, start: of.start, counts: of.deep?.counts[rows], scratch[worker])
    }
  }

  func check(
    _ qkv: MatrixView, _ layout: BatchLayout, _ out: MatrixView, _ sums: MatrixView
  ) {
    precondition(qkv.columns == querySize + 2 * kvSize && out.columns == querySize)
    precondition(out.isDense && sums.columns == heads && layout.longest <= longest)
    precondition([qkv.rows, out.rows, sums.rows].allSatisfy { $0 == layout.rows })
  }
}
