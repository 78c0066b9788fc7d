import CleaveModel
import Glibc

/// The attention part of a block: a norm, queries, keys and values with RoPE, attention, and the output projection.
final class AttentionPart {
  private let configuration: ModelConfiguration
  private let kind: AttentionKind
  private let norm: NormLayer?
  private let queryKeyValue: Parameters.Weight  // [query + 2 kv, hidden]
  private let bias: Parameters.Weight?  // [1, query + 2 kv]
  private let headNorms: [HeadNorm]
  private let output: Parameters.Weight  // [hidden, query]
  private let outputBias: Parameters.Weight?  // [1, hidden]
  private let sinks: Parameters.Weight?  // [1, heads]
  private let addition: PartAddition

  // Activations of the last forward pass, a row for each row of the batch.
  private let normed: FloatBuffer  // [rows, hidden]
  private let attended: FloatBuffer  // [rows, query]
  private let projected: FloatBuffer  // [rows, query + 2 kv]
  private let logSums: FloatBuffer  // [rows, heads]
  private let inverse: FloatBuffer  // [rows]

  /// - Parameters:
  ///   - rows: the most rows of a batch.
  ///   - parameters: those of the block.
  init(
    _ configuration: ModelConfiguration, _ kind: AttentionKind, rows: Int,
    _ parameters: BlockParameters
  ) {
    self.configuration = configuration
    self.kind = kind
    norm = parameters.norm(.attentionNorm, bias: .attentionNormBias, configuration)
    queryKeyValue = parameters.stacked([.query, .key, .value])
    bias = parameters.joined([.queryBias, .keyBias, .valueBias])
    let keys = configuration.querySize..<configuration.querySize + configuration.kvSize
    headNorms = [(BlockWeight.queryNorm, 0..<configuration.querySize), (.keyNorm, keys)].compactMap
    {
      weight, columns in
      parameters.optional(weight).map {
        HeadNorm($0, columns: columns, configuration, rows: rows)
      }
    }
    output = parameters[.output]
    outputBias = parameters.optional(.outputBias)
    sinks = parameters.optional(.attentionSinks)
    addition = PartAddition(
      norm: parameters.optional(.postAttentionNorm), configuration, rows: rows)
    normed = FloatBuffer(rows * configuration.hiddenSize)
    attended = FloatBuffer(rows * configuration.querySize)
    projected = FloatBuffer(rows * (configuration.querySize + 2 * configuration.kvSize))
    logSums = FloatBuffer(rows * configuration.headCount)
    inverse = FloatBuffer(rows)
  }

  private var projectedSize: Int { configuration.querySize + 2 * configuration.kvSize }
  /// The heads that are rotated.
  private var rotatedHeads: Int { configuration.headCount + configuration.kvHeadCount }

  /// Sets `y` to x and what attention adds to it.
  ///
  /// - Parameter x: `[rows, hidden]`; must stay unchanged until `backward`.
  func forward(_ x: MatrixView, into y: MatrixView, _ work: BatchContext) {
    let rows = x.rows
    let normed = normed.matrix(rows, x.columns), projected = projected.matrix(rows, projectedSize)
    if let norm {
      norm.forward(x, into: normed, inverse: inverse.matrix(rows, 1), work.workers)
    } else {
      normed.copy(from: x)
    }
    work.product(normed, queryKeyValue.value, bTransposed: true, into: projected)
    if let bias { projected.addToRows(bias.value) }
    for norm in headNorms { norm.forward(projected, work) }
    work.rotation(kind).apply(projected, heads: rotatedHeads, work.layout, work.workers)
    work.rotation(kind).grow(projected.columns(0..<configuration.querySize), work.layout)
    let attended = attended.matrix(rows, configuration.querySize)
    work.attention.forward(
      projected, work.layout, kind, sinks: sinks?.value, into: attended,
      logSums: logSums.matrix(rows, configuration.headCount), work.workers)
    addition.forward(x, into: y, work) { part, adding in
      work.product(attended, output.value, bTransposed: true, into: part, adding: adding)
      if let outputBias { part.addToRows(outputBias.value) }
    }
  }

  /// Adds to the gradients of the parameters.
  ///
  /// - Parameters:
  ///   - x: as in the forward pass.
  ///   - gradient: that of the last rows of the result, `[last rows, hidden]`.
  ///   - dx: what the part adds to that of x is added to it; may be `gradient`.
  func backward(
    _ x: MatrixView, _ gradient: MatrixView, addingTo dx: MatrixView, _ work: BatchContext
  ) {
    let rows = gradient.rows
    let attended = attended.matrix(x.rows, configuration.querySize)
    let dProjected = work.projected.matrix(rows, projectedSize)
    let dAttended = work.query.matrix(rows, configuration.querySize)
    let dPart = addition.backward(gradient, of: x.rows, work)
    work.product(
      dPart, aTransposed: true, attended.last(rows), into: output.gradient, adding: true)
    if let outputBias { dPart.addRows(to: outputBias.gradient) }
    work.product(dPart, output.value, into: dAttended)
    let logSums = logSums.matrix(x.rows, configuration.headCount)
    let dots = work.dots.matrix(rows, configuration.headCount)
    work.attention.backward(
      projected.matrix(x.rows, projectedSize), work.layout, kind, out: attended,
      logSums: logSums, dout: dAttended, dots: dots, into: dProjected, work.workers)
    sinksBackward(logSums.last(rows), dots)
    work.rotation(kind).grow(
      dProjected.columns(0..<configuration.querySize), work.layout.last(rows))
    work.rotation(kind).apply(
      dProjected, heads: rotatedHeads, work.layout.last(rows), backward: true, work.workers)
    for norm in headNorms { norm.backward(dProjected, of: x.rows, work) }
    if let bias { dProjected.addRows(to: bias.gradient) }
    let dNormed = work.normed.matrix(rows, x.columns)
    work.product(
      dProjected, aTransposed: true, normed.matrix(x.rows, x.columns).last(rows),
      into: queryKeyValue.gradient, adding: true)
    work.product(dProjected, queryKeyValue.value, into: dNormed)
    guard let norm else { return dx.add(dNormed) }
    norm.backward(
      x.last(rows), inverse: inverse.matrix(x.rows, 1).last(rows), dy: dNormed,
      addingTo: dx, scratch: work.sums, work.workers)
  }

  /// Adds to the gradient of the sinks. A sink's value is 0, so what it does is take weight from the keys: with p its
  /// share of a row, the slope is -p times the product of the row's output and its gradient.
  private func sinksBackward(_ logSums: MatrixView, _ dots: MatrixView) {
    guard let sinks else { return }
    for row in 0..<dots.rows {
      for head in 0..<dots.columns {
        let share = exp(sinks.value.base[head] - logSums.base[row * logSums.stride + head])
        sinks.gradient.base[head] -= share * dots.base[row * dots.stride + head]
      }
    }
  }
}
