import CleaveKernels

/// A matrix of weights: [rows, k] of a type.
struct Matrix {
  let type: BlockType
  let rows: Int
  let bytes: [UInt8]

  func dequantized(k: Int) -> [Float] {
    KernelsTests.dequantized(type, bytes, elements: rows * k)
  }

  /// One row as a matrix.
  func row(_ row: Int) -> Matrix {
    let size = bytes.count / rows
    return Matrix(type: type, rows: 1, bytes: Array(bytes[row * size..<(row + 1) * size]))
  }
}

/// The vectors that matrices are multiplied with, quantized too if the product is one of integers.
struct Input {
  let k, columns: Int
  let values: [Float]
  /// [columns, k / CK_BLOCK], or nil for a product of floats.
  let blocks: [ck_activations]?

  init(_ values: [Float], k: Int, integers: Bool, pool: OpaquePointer? = nil) {
    (self.k, self.values) = (k, values)
    columns = values.count / k
    blocks = integers ? quantized(values, k: k, pool: pool) : nil
  }

  func read<Result>(_ body: (inout ck_input) -> Result) -> Result {
    values.withUnsafeBufferPointer { values in
      func input(_ blocks: UnsafePointer<ck_activations>?) -> Result {
        var input = ck_input(
          values: values.baseAddress, blocks: blocks, k: k, columns: columns)
        return body(&input)
      }
      guard let blocks else { return input(nil) }
      return blocks.withUnsafeBufferPointer { input($0.baseAddress) }
    }
  }
}

/// Vectors as integers. x: [columns, k]; returns [columns, k / CK_BLOCK].
func quantized(_ x: [Float], k: Int, pool: OpaquePointer? = nil) -> [ck_activations] {
  var out = [ck_activations](repeating: ck_activations(), count: x.count / Int(CK_BLOCK))
  ck_quantize_activations(pool, x, k, x.count / k, &out)
  return out
}

/// The products of all matrices with x, [columns, rows] for each, one matrix after another, added to
/// `start` where that is given.
func project(
  _ matrices: [Matrix], _ x: [Float], k: Int, integers: Bool, addingTo start: [Float]? = nil,
  pool: OpaquePointer? = nil
) -> [Float] {
  let input = Input(x, k: k, integers: integers, pool: pool)
  let size = matrices.reduce(0) { $0 + $1.rows } * input.columns
  var y = start ?? [Float](repeating: .nan, count: size)
  // All weights in one array, every matrix at an odd address.
  let weights: [UInt8] = matrices.flatMap { matrix in
    [0] + matrix.bytes + (matrix.bytes.count % 2 == 0 ? [0] : [])
  }
  weights.withUnsafeBufferPointer { weights in
    y.withUnsafeMutableBufferPointer { y in
      var bytes = weights.baseAddress!
      var to = y.baseAddress!
      let list = matrices.map { matrix in
        defer {
          bytes += (matrix.bytes.count / 2 + 1) * 2
          to += matrix.rows * input.columns
        }
        return ck_weights(
          type: matrix.type.id, bytes: bytes + 1, rows: matrix.rows, y: to, ldy: matrix.rows)
      }
      input.read { ck_project(pool, &$0, list, list.count, start == nil ? 0 : 1) }
    }
  }
  return y
}

/// activation(gate . x) * (up . x) by ck_gate_up, or activation(up . x) without a gate: [columns, rows], and the same
/// as integers if `integers` is set and rows are whole blocks. `biases` are those of the gate and of up.
func gateUp(
  _ gate: Matrix?, _ up: Matrix, _ x: [Float], k: Int, integers: Bool,
  activation: ck_activation = CK_SILU, biases: (gate: [Float], up: [Float])? = nil,
  pool: OpaquePointer? = nil
) -> (values: [Float], blocks: [ck_activations]?) {
  let input = Input(x, k: k, integers: integers, pool: pool)
  var values = [Float](repeating: .nan, count: up.rows * input.columns)
  let whole = integers && up.rows % Int(CK_BLOCK) == 0
  var blocks = [ck_activations](
    repeating: ck_activations(), count: whole ? values.count / Int(CK_BLOCK) : 0)
  func run(_ network: inout ck_feed_forward) {
    input.read { input in
      blocks.withUnsafeMutableBufferPointer {
        ck_gate_up(pool, &input, &network, &values, whole ? $0.baseAddress : nil)
      }
    }
  }
  up.bytes.withUnsafeBufferPointer { upBytes in
    let weights = [
      ck_weights(type: up.type.id, bytes: upBytes.baseAddress, rows: up.rows, y: nil, ldy: 0)
    ]
    weights.withUnsafeBufferPointer { weights in
      (biases?.gate ?? []).withUnsafeBufferPointer { gateBias in
        (biases?.up ?? []).withUnsafeBufferPointer { upBias in
          var network = ck_feed_forward(
            gate: nil, up: weights.baseAddress,
            gate_bias: biases == nil || gate == nil ? nil : gateBias.baseAddress,
            up_bias: biases == nil ? nil : upBias.baseAddress, activation: activation,
            slope: 0, limit: 0)
          guard let gate else { return run(&network) }
          gate.bytes.withUnsafeBufferPointer { gateBytes in
            let weights = [
              ck_weights(
                type: gate.type.id, bytes: gateBytes.baseAddress, rows: gate.rows, y: nil, ldy: 0)
            ]
            weights.withUnsafeBufferPointer {
              network.gate = $0.baseAddress
              run(&network)
            }
          }
        }
      }
    }
  }
  return (values, whole ? blocks : nil)
}
