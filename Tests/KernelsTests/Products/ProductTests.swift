import COpenBLAS
import CleaveKernels
import Testing

/// One product in Double: the sum, and the sum of magnitudes, which errors are relative to.
private func dot(_ w: ArraySlice<Float>, _ x: ArraySlice<Double>) -> (sum: Double, size: Double) {
  zip(w, x).reduce(into: (sum: 0.0, size: 0.0)) { result, pair in
    let product = Double(pair.0) * pair.1
    result.sum += product
    result.size += abs(product)
  }
}

extension Kernels {
  /// Products, compared with references that share no code with the kernels.
  @Suite struct Products {
    /// The product of x and w, as in `project`, by OpenBLAS.
    static func sgemm(_ w: [Float], _ x: [Float], rows: Int, k: Int, columns: Int) -> [Float] {
      var y = [Float](repeating: 0, count: rows * columns)
      cblas_sgemm(
        CblasRowMajor, CblasNoTrans, CblasTrans, Int32(columns), Int32(rows), Int32(k), 1, x,
        Int32(k), w, Int32(k), 0, &y, Int32(rows))
      return y
    }

    @Test(arguments: BlockType.all) func floatsAsOpenBLAS(type: BlockType) {
      let (rows, k, columns) = (40, 768, 11)
      var random = Random(k)
      let matrix = random.matrix(type, rows: rows, k: k)
      let x = random.floats(columns * k)
      let w = matrix.dequantized(k: k)
      let y = project([matrix], x, k: k, integers: false)
      let judged = Self.sgemm(w, x, rows: rows, k: k, columns: columns)
      for column in 0..<columns {
        for row in 0..<rows {
          let size = (0..<k).reduce(Float(0)) { $0 + abs(w[row * k + $1] * x[column * k + $1]) }
          let at = column * rows + row
          #expect(abs(y[at] - judged[at]) <= 1e-5 * size, "row \(row) column \(column)")
        }
      }
    }

    @Test(arguments: BlockType.quantized) func integersInDouble(type: BlockType) {
      let (rows, k, columns) = (37, 768, 6)
      var random = Random(41)
      let matrix = random.matrix(type, rows: rows, k: k)
      let x = random.floats(columns * k)
      let w = matrix.dequantized(k: k)
      let read = quantized(x, k: k).flatMap(\.values)
      for variant in ["scalar"] + variants {
        let y = under(variant) { project([matrix], x, k: k, integers: true) }
        for at in y.indices {
          let (column, row) = at.quotientAndRemainder(dividingBy: rows)
          let (sum, size) = dot(w[row * k..<(row + 1) * k], read[column * k..<(column + 1) * k])
          #expect(abs(Double(y[at]) - sum) <= 1e-5 * size, "\(variant) row \(row) column \(column)")
        }
      }
    }

    /// Float types are multiplied with the floats of the input, even when it has integers too.
    @Test(arguments: ["F32", "F16", "BF16"]) func floatTypesReadFloats(name: String) {
      let k = 96
      var random = Random(42)
      let matrix = random.matrix(.named(name), rows: 21, k: k)
      let x = random.floats(5 * k)
      let floats = project([matrix], x, k: k, integers: false)
      #expect(firstDifference(project([matrix], x, k: k, integers: true), floats) == nil)
    }

    /// The order of roundings that the contract fixes, for two simple types.
    @Test func integersByDefinition() {
      let k = 32 * 5
      var random = Random(43)
      let x = random.floats(k)
      let blocks = quantized(x, k: k)
      for name in ["Q8_0", "Q4_1"] {
        let matrix = random.matrix(.named(name), rows: 1, k: k)
        var sum = Float(0)
        for (g, block) in blocks.enumerated() {
          let bytes = matrix.bytes[(g * matrix.type.bytes)...].prefix(matrix.type.bytes).map { $0 }
          let half = { (at: Int) in
            Float(Float16(bitPattern: UInt16(bytes[at]) | UInt16(bytes[at + 1]) << 8))
          }
          let q =
            name == "Q8_0"
            ? bytes[2...].map { Int(Int8(bitPattern: $0)) }
            : bytes[4...].map { Int($0 & 15) } + bytes[4...].map { Int($0 >> 4) }
          let product = zip(q, block.integers).reduce(0) { $0 + $1.0 * Int($1.1) }
          sum.addProduct(Float(product), half(0) * block.scale)
          guard name == "Q4_1" else { continue }
          let all = block.integers.reduce(0) { $0 + Int($1) }
          sum.addProduct(half(2), block.scale * Float(all))
        }
        #expect(firstDifference(project([matrix], x, k: k, integers: true), [sum]) == nil)
      }
    }

    @Test(arguments: [true, false]) func accumulationAddsTheSum(integers: Bool) {
      let (k, columns) = (256, 5)
      var random = Random(44)
      let matrices = ["Q6_K", "F16", "Q4_0"].map { random.matrix(.named($0), rows: 19, k: k) }
      let x = random.floats(columns * k)
      let start = random.floats(columns * 57, scale: 10)
      let added = project(matrices, x, k: k, integers: integers, addingTo: start)
      let sums = project(matrices, x, k: k, integers: integers)
      #expect(firstDifference(added, zip(start, sums).map { $0 + $1 }) == nil)
    }

    @Test(arguments: ["F16", "Q4_1", "Q8_0", "Q3_K", "Q4_K"], [true, false])
    func gateAndUpInDouble(name: String, integers: Bool) {
      let (rows, k, columns) = (64, 512, 5)
      var random = Random(45)
      let gate = random.matrix(.named(name), rows: rows, k: k)
      let up = random.matrix(.named("Q5_0"), rows: rows, k: k)
      let x = random.floats(columns * k)
      let exact = x.map { Double($0) }
      let rounded = integers ? quantized(x, k: k).flatMap(\.values) : exact
      let forGate = gate.type.elements > 1 ? rounded : exact
      let (g, u) = (gate.dequantized(k: k), up.dequantized(k: k))
      let (values, blocks) = gateUp(gate, up, x, k: k, integers: integers)
      for at in values.indices {
        let (column, row) = at.quotientAndRemainder(dividingBy: rows)
        let (inRow, inColumn) = (row * k..<(row + 1) * k, column * k..<(column + 1) * k)
        let (gateSum, gateSize) = dot(g[inRow], forGate[inColumn])
        let (upSum, upSize) = dot(u[inRow], rounded[inColumn])
        let silu = gateSum / (1 + exponential(-gateSum))
        let bound = 1e-5 * (1.1 * gateSize * abs(upSum) + abs(silu) * upSize)
        #expect(abs(Double(values[at]) - silu * upSum) <= bound + 1e-9, "row \(row)")
      }
      let expected = quantized(values, k: rows).flatMap(\.flat)
      #expect(blocks == nil || firstDifference(blocks!.flatMap(\.flat), expected) == nil)
      #expect((blocks != nil) == integers)
    }

    /// ck_gate_up has the bits of the separate steps.
    @Test(arguments: [true, false]) func gateAndUpAsSteps(integers: Bool) {
      let (rows, k, columns) = (45, 256, 9)
      var random = Random(46)
      let gate = random.matrix(.named("Q4_K"), rows: rows, k: k)
      let up = random.matrix(.named("Q6_K"), rows: rows, k: k)
      let x = random.floats(columns * k)
      var steps = project([gate], x, k: k, integers: integers)
      ck_swiglu(&steps, project([up], x, k: k, integers: integers), steps.count)
      let values = gateUp(gate, up, x, k: k, integers: integers).values
      #expect(firstDifference(values, steps) == nil)
      steps = project([gate], x, k: k, integers: integers)
      ck_geglu(&steps, project([up], x, k: k, integers: integers), steps.count)
      let gelu = gateUp(gate, up, x, k: k, integers: integers, activation: CK_GELU_TANH).values
      #expect(firstDifference(gelu, steps) == nil)
    }

    /// Biases are added before the activation, and a network without a gate is that of its one product.
    @Test(arguments: [true, false]) func biasesAndNoGateAsSteps(integers: Bool) {
      let (rows, k, columns) = (45, 256, 9)
      var random = Random(47)
      let gate = random.matrix(.named("Q4_K"), rows: rows, k: k)
      let up = random.matrix(.named("Q6_K"), rows: rows, k: k)
      let x = random.floats(columns * k)
      let biases = (gate: random.floats(rows), up: random.floats(rows))
      func biased(_ matrix: Matrix, _ bias: [Float]) -> [Float] {
        var y = project([matrix], x, k: k, integers: integers)
        ck_add_bias(&y, bias, rows, columns)
        return y
      }
      let (g, u) = (biased(gate, biases.gate), biased(up, biases.up))
      var both = g
      ck_geglu_erf(&both, u, both.count)
      let found = gateUp(
        gate, up, x, k: k, integers: integers, activation: CK_GELU, biases: biases)
      #expect(firstDifference(found.values, both) == nil)
      var alone = u
      ck_geglu(&alone, [Float](repeating: 1, count: alone.count), alone.count)
      let single = gateUp(
        nil, up, x, k: k, integers: integers, activation: CK_GELU_TANH, biases: biases)
      #expect(firstDifference(single.values, alone) == nil)
    }
  }
}
