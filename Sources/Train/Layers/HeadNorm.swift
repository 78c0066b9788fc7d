import CleaveModel

/// The RMSNorm of each head of the queries, or of the keys, before RoPE (Qwen 3, Gemma 3), with one weight for all
/// heads; or of all heads together (OLMo 2).
final class HeadNorm {
  private let norm: NormLayer
  /// The columns of the heads in a row of queries, keys and values.
  private let columns: Range<Int>
  /// The width of what is normed together.
  private let width: Int
  private let raw: FloatBuffer  // [rows, heads * width], before the norm
  private let inverse: FloatBuffer  // [rows, heads], or [rows]

  /// - Parameter rows: the most rows of a batch.
  init(
    _ weight: Parameters.Weight, columns: Range<Int>, _ configuration: ModelConfiguration, rows: Int
  ) {
    norm = NormLayer(weight: weight, kind: .rms, configuration)
    self.columns = columns
    width = weight.value.columns
    raw = FloatBuffer(rows * columns.count)
    inverse = FloatBuffer(rows * columns.count / width)
  }

  private func heads(_ rows: Int) -> Int { rows * columns.count / width }

  /// Applies the norm in place.
  ///
  /// - Parameter projected: `[rows, query + 2 kv]`.
  func forward(_ projected: MatrixView, _ work: BatchContext) {
    let own = projected.columns(columns), heads = heads(projected.rows)
    raw.matrix(own.rows, own.columns).copy(from: own)
    norm.forward(
      raw.matrix(heads, width), into: work.heads.matrix(heads, width),
      inverse: inverse.matrix(heads, 1), work.workers)
    own.copy(from: work.heads.matrix(own.rows, own.columns))
  }

  /// Adds to the gradient of the weight.
  ///
  /// - Parameters:
  ///   - gradient: that of the last rows of the result, `[last rows, query + 2 kv]`; becomes that of what was normed.
  ///   - rows: the number of rows of the forward pass.
  func backward(_ gradient: MatrixView, of rows: Int, _ work: BatchContext) {
    let own = gradient.columns(columns), heads = heads(own.rows)
    let dy = work.heads.matrix(own.rows, own.columns)
    let dx = work.heads.matrix(own.rows, own.columns, at: own.rows * own.columns)
    dy.copy(from: own)
    dx.clear()
    norm.backward(
      raw.matrix(self.heads(rows), width).last(heads),
      inverse: inverse.matrix(self.heads(rows), 1).last(heads),
      dy: work.heads.matrix(heads, width),
      addingTo: work.heads.matrix(heads, width, at: own.rows * own.columns),
      scratch: work.headSums(width: width), work.workers)
    own.copy(from: dx)
  }
}
