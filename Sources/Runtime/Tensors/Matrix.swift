import CleaveKernels
import CleaveModel
import CleaveStorage

/// A weight matrix `[rows, columns]` in a mapped file or in gathered rows, in any type the kernels read.
struct Matrix: @unchecked Sendable {
  let rows: Int
  let columns: Int
  let rowBytes: Int
  private let type: ck_type
  /// Inside the memory that `owner` keeps alive, which is long enough for the rows.
  private let bytes: UnsafeRawPointer?
  private let owner: AnyObject

  init(_ tensor: Tensor) {
    precondition(tensor.shape.count == 2, "\(tensor.name) is not a matrix")
    rows = tensor.shape[0]
    columns = tensor.shape[1]
    rowBytes = tensor.rowBytes
    type = tensor.type.kernelType
    bytes = tensor.withBytes { $0.baseAddress }
    owner = tensor.file
  }

  /// A matrix of rows as long as those of another, and of their type.
  ///
  /// - Parameters:
  ///   - bytes: at least `rows * whole.rowBytes`, while `owner` lives.
  init(like whole: Matrix, rows: Int, bytes: UnsafeRawPointer, owner: AnyObject) {
    self.rows = rows
    columns = whole.columns
    rowBytes = whole.rowBytes
    type = whole.type
    self.bytes = bytes
    self.owner = owner
  }

  /// A matrix of some consecutive rows of another.
  init(_ whole: Matrix, rows range: Range<Int>) {
    precondition(range.lowerBound >= 0 && range.upperBound <= whole.rows)
    rows = range.count
    columns = whole.columns
    rowBytes = whole.rowBytes
    type = whole.type
    bytes = whole.bytes.map { $0 + range.lowerBound * whole.rowBytes }
    owner = whole.owner
  }

  /// The matrix as the kernels take it; products go to `y` with `stride` floats between columns.
  private func weights(
    into y: UnsafeMutablePointer<Float>? = nil, stride: Int = 0
  ) -> ck_weights {
    ck_weights(type: type, bytes: bytes, rows: rows, y: y, ldy: stride)
  }

  /// Products of several matrices with the same input, as one job: `[count, rows]` of each, one after
  /// another in `output`.
  static func multiply(
    _ matrices: [Matrix], _ input: Activations, count: Int, into output: inout [Float],
    pool: ThreadPool
  ) {
    precondition(matrices.allSatisfy { $0.columns == input.width })
    precondition(count * matrices.reduce(0) { $0 + $1.rows } <= output.count)
    output.withUnsafeMutableBufferPointer { output in
      withUnsafeTemporaryAllocation(of: ck_weights.self, capacity: matrices.count) { list in
        var offset = 0
        for (index, matrix) in matrices.enumerated() {
          list[index] = matrix.weights(into: output.baseAddress! + offset, stride: matrix.rows)
          offset += count * matrix.rows
        }
        input.read(columns: count) { ck_project(pool.handle, $0, list.baseAddress, list.count, 0) }
      }
    }
  }

  /// `output[c] += matrix * input[c]`, from row `first` of the output on.
  func add(
    _ input: Activations, count: Int, to output: inout [Float], first: Int, pool: ThreadPool
  ) {
    precondition(columns == input.width && first >= 0)
    precondition((first + count) * rows <= output.count)
    output.withUnsafeMutableBufferPointer { output in
      var weights = weights(into: output.baseAddress! + first * rows, stride: rows)
      input.read(columns: count) { ck_project(pool.handle, $0, &weights, 1, 1) }
    }
  }

  /// `output[c] = activation(gate * input[c]) * (up * input[c])` (Shazeer 2020), or `activation(up * input[c])` without
  /// a gate; the products with their biases where there are any, and within bounds where there is a clamp.
  static func gateUp(
    gate: Matrix?, up: Matrix, biases: (gate: [Float]?, up: [Float]?),
    _ activation: BlockForm.Activation, clamp: GateClamp?, _ input: Activations, count: Int,
    into output: inout Activations, pool: ThreadPool
  ) {
    precondition((gate ?? up).columns == input.width && up.columns == input.width)
    precondition((gate ?? up).rows == output.width && up.rows == output.width)
    // One by one: a list of them would be allocated for every block of every token.
    precondition(biases.gate.map { $0.count == up.rows } ?? true)
    precondition(biases.up.map { $0.count == up.rows } ?? true)
    output.write(columns: count) { values, blocks in
      withUnsafeTemporaryAllocation(of: ck_weights.self, capacity: 2) { weights in
        weights.initializeElement(at: 0, to: (gate ?? up).weights())
        weights.initializeElement(at: 1, to: up.weights())
        Self.withBiases(biases) { gateBias, upBias in
          var network = ck_feed_forward(
            gate: gate == nil ? nil : weights.baseAddress, up: weights.baseAddress! + 1,
            gate_bias: gateBias, up_bias: upBias,
            activation: clamp == nil ? activation.kernel : CK_CLAMPED_SWIGLU,
            slope: clamp?.slope ?? 0, limit: clamp?.limit ?? 0)
          input.read(columns: count) { ck_gate_up(pool.handle, $0, &network, values, blocks) }
        }
      }
    }
  }

  private static func withBiases(
    _ biases: (gate: [Float]?, up: [Float]?),
    _ body: (_ gate: UnsafePointer<Float>?, _ up: UnsafePointer<Float>?) -> Void
  ) {
    guard biases.gate != nil || biases.up != nil else { return body(nil, nil) }
    (biases.gate ?? []).withUnsafeBufferPointer { gate in
      (biases.up ?? []).withUnsafeBufferPointer { up in
        body(
          biases.gate == nil ? nil : gate.baseAddress, biases.up == nil ? nil : up.baseAddress)
      }
    }
  }

  /// Computes the logits of one vector and their summary in one pass.
  ///
  /// - Parameters:
  ///   - bias: `[rows]`, added before the cap; nil for none.
  ///   - cap: of the logits; nil for none.
  ///   - logits: `[rows]`.
  ///   - parts: scratch memory, one part for each `CK_LOGITS_PART` rows or rest of them.
  func unembed(
    _ input: Activations, bias: [Float]?, cap: Float?, temperature: Float,
    into logits: inout [Float], parts: inout [ck_logits_part], pool: ThreadPool
  ) -> ck_logits_summary {
    precondition(columns == input.width && rows <= logits.count)
    precondition(bias.map { $0.count == rows } ?? true)
    precondition(rows <= parts.count * Int(CK_LOGITS_PART))
    var summary = ck_logits_summary()
    logits.withUnsafeMutableBufferPointer { logits in
      var weights = weights(into: logits.baseAddress, stride: rows)
      parts.withUnsafeMutableBufferPointer { parts in
        input.read(columns: 1) {
          input in
          Self.withBiases((nil, bias)) { _, bias in
            summary = ck_unembed(
              pool.handle, input, &weights, bias, cap ?? 0, temperature, parts.baseAddress)
          }
        }
      }
    }
    return summary
  }

  /// Computes the logits of one vector from the rows of this matrix and then those of another, and the summary
  /// of them all.
  ///
  /// - Parameters:
  ///   - bias: of the rows of this matrix.
  ///   - logits: `[rows + others.rows]`.
  ///   - parts: scratch memory as above.
  func unembed(
    _ input: Activations, then others: Matrix, bias: [Float]?, cap: Float?, temperature: Float,
    into logits: inout [Float], parts: inout [ck_logits_part], pool: ThreadPool
  ) -> ck_logits_summary {
    precondition(others.columns == input.width && rows + others.rows == logits.count)
    _ = unembed(
      input, bias: bias, cap: cap, temperature: temperature, into: &logits, parts: &parts,
      pool: pool)
    others.multiply(input, into: &logits, from: rows, pool: pool)
    VectorKernels.cap(&logits, from: rows, count: others.rows, at: cap, pool: pool)
    return ck_summarize_logits(logits, logits.count, temperature)
  }

  /// The products with the first column of the input, into `output` from this element on.
  func multiply(
    _ input: Activations, into output: inout [Float], from first: Int, pool: ThreadPool
  ) {
    precondition(columns == input.width && first >= 0 && first + rows <= output.count)
    output.withUnsafeMutableBufferPointer { output in
      var weights = weights(into: output.baseAddress! + first, stride: rows)
      input.read(columns: 1) { ck_project(pool.handle, $0, &weights, 1, 0) }
    }
  }

  /// Copies the bytes of one row.
  func copyRow(_ row: Int, to target: UnsafeMutableRawPointer) {
    precondition((0..<rows).contains(row))
    if let bytes { target.copyMemory(from: bytes + row * rowBytes, byteCount: rowBytes) }
  }

  /// Appends one row, the embedding of a token, as float32.
  func appendRow(_ row: Int, to output: inout [Float]) {
    precondition((0..<rows).contains(row))
    let start = output.count
    output.append(contentsOf: repeatElement(0, count: columns))
    output.withUnsafeMutableBufferPointer {
      ck_dequantize(
        type, bytes.map { $0 + row * rowBytes }, $0.baseAddress! + start, columns)
    }
  }
}

extension Tensor {
  /// All elements as float32, for the vectors that norms use.
  package func floats() -> [Float] {
    let count = rows * rowElements
    return [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
      withBytes { ck_dequantize(type.kernelType, $0.baseAddress, buffer.baseAddress, count) }
      initialized = count
    }
  }
}

extension BlockForm.Activation {
  var kernel: ck_activation {
    switch self {
    case .silu: CK_SILU
    case .geluTanh: CK_GELU_TANH
    case .gelu: CK_GELU
    }
  }
}

extension TensorType {
  package var kernelType: ck_type { ck_type(rawValue: ggmlID) }
}
