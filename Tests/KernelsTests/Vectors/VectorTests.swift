import CleaveKernels
import Glibc
import Testing

/// The tanh of glibc in double precision.
func hyperbolicTangent(_ x: Double) -> Double { tanh(x) }

/// The exp of glibc in double precision.
func exponential(_ x: Double) -> Double { exp(x) }

extension Kernels {
  /// Functions of vectors, compared with references that share no code with the kernels.
  @Suite struct Vectors {
    @Test func expAsGlibc() {
      let sweep = stride(from: Float(-87.3), to: 88.7, by: 0.00371).map { $0 }
      let x = sweep + [0, -0.0, 1e-30, -1e-30, 88.722, -87.33, 0.34657, -0.34657]
      var out = x
      ck_exp(x, &out, x.count)
      for (x, value) in zip(x, out) {
        let judged = exp(Double(x))
        #expect(abs(Double(value) - judged) <= 2e-7 * judged, "exp(\(x))")
      }
    }

    @Test func expAtTheEdges() {
      let x: [Float] = [-87.5, -1e30, -.infinity, 88.9, 1e30, .infinity, .nan, 0, 88.722]
      var out = x
      ck_exp(x, &out, x.count)
      #expect(out[0...2].allSatisfy { $0 == 0 })
      #expect(out[3...5].allSatisfy { $0 == .infinity })
      #expect(out[6].isNaN)
      #expect(out[7] == 1)
      #expect(out[8].isFinite)
    }

    /// ck_rms_norm, in place or not.
    static func rmsNorm(
      _ x: [Float], _ weight: [Float], inPlace: Bool = false, integers: Bool = false,
      pool: OpaquePointer? = nil
    ) -> (out: [Float], blocks: [ck_activations]) {
      let (n, columns) = (weight.count, x.count / weight.count)
      var out = inPlace ? x : [Float](repeating: .nan, count: x.count)
      var blocks = [ck_activations](
        repeating: ck_activations(), count: integers ? x.count / Int(CK_BLOCK) : 0)
      out.withUnsafeMutableBufferPointer { out in
        x.withUnsafeBufferPointer { x in
          blocks.withUnsafeMutableBufferPointer { blocks in
            ck_rms_norm(
              pool, inPlace ? UnsafePointer(out.baseAddress!) : x.baseAddress, weight, n, columns,
              1e-5, out.baseAddress, integers ? blocks.baseAddress : nil)
          }
        }
      }
      return (out, blocks)
    }

    @Test func rmsNormByDefinition() {
      var random = Random(3)
      let n = 577
      let x = random.floats(3 * n, scale: 5)
      let weight = random.floats(n)
      let out = Self.rmsNorm(x, weight, inPlace: true).out
      for column in 0..<3 {
        let own = x[column * n..<(column + 1) * n]
        let mean = own.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(n)
        for i in 0..<n {
          let judged = Double(x[column * n + i]) / (mean + 1e-5).squareRoot() * Double(weight[i])
          #expect(abs(Double(out[column * n + i]) - judged) <= 1e-6 * abs(judged))
        }
      }
    }

    @Test(arguments: [1, 8, 9, 33]) func rmsNormOverColumns(columns: Int) {
      var random = Random(columns)
      let n = 96
      let x = random.floats(columns * n, scale: 5)
      let weight = random.floats(n)
      let alone = (0..<columns).flatMap {
        Self.rmsNorm(Array(x[$0 * n..<($0 + 1) * n]), weight).out
      }
      let integers = quantized(alone, k: n).flatMap(\.flat)
      for threads in [1, 2, 3, 5] {
        for inPlace in [true, false] {
          let (out, blocks) = withPool(threads) {
            Self.rmsNorm(x, weight, inPlace: inPlace, integers: true, pool: $0)
          }
          #expect(firstDifference(out, alone) == nil, "\(threads) threads")
          #expect(firstDifference(blocks.flatMap(\.flat), integers) == nil, "\(threads) threads")
        }
      }
    }

    static func layerNorm(
      _ x: [Float], _ weight: [Float], _ bias: [Float]?, inPlace: Bool = false,
      integers: Bool = false, pool: OpaquePointer? = nil
    ) -> (out: [Float], blocks: [ck_activations]) {
      let (n, columns) = (weight.count, x.count / weight.count)
      var out = inPlace ? x : [Float](repeating: .nan, count: x.count)
      var blocks = [ck_activations](
        repeating: ck_activations(), count: integers ? x.count / Int(CK_BLOCK) : 0)
      out.withUnsafeMutableBufferPointer { out in
        x.withUnsafeBufferPointer { x in
          (bias ?? []).withUnsafeBufferPointer { own in
            blocks.withUnsafeMutableBufferPointer { blocks in
              ck_layer_norm(
                pool, inPlace ? UnsafePointer(out.baseAddress!) : x.baseAddress, weight,
                bias == nil ? nil : own.baseAddress, n, columns, 1e-5, out.baseAddress,
                integers ? blocks.baseAddress : nil)
            }
          }
        }
      }
      return (out, blocks)
    }

    @Test(arguments: [true, false], [1, 15, 577]) func layerNormByDefinition(
      isBiased: Bool, n: Int
    ) {
      var random = Random(4)
      // Far from 0, as hidden states with a large mean are.
      let x = random.floats(3 * n, scale: 5).map { $0 + 3 }
      let (weight, bias) = (random.floats(n), random.floats(n))
      let out = Self.layerNorm(x, weight, isBiased ? bias : nil, inPlace: true).out
      for column in 0..<3 {
        let own = x[column * n..<(column + 1) * n].map(Double.init)
        let mean = own.reduce(0, +) / Double(n)
        let variance = own.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(n)
        for i in 0..<n {
          let scaled = (own[i] - mean) / (variance + 1e-5).squareRoot() * Double(weight[i])
          let judged = scaled + (isBiased ? Double(bias[i]) : 0)
          #expect(abs(Double(out[column * n + i]) - judged) <= 2e-6 * (1 + abs(judged)))
        }
      }
    }

    @Test(arguments: [1, 8, 9, 33]) func layerNormOverColumns(columns: Int) {
      var random = Random(columns)
      let n = 96
      let x = random.floats(columns * n, scale: 5)
      let (weight, bias) = (random.floats(n), random.floats(n))
      let alone = (0..<columns).flatMap {
        Self.layerNorm(Array(x[$0 * n..<($0 + 1) * n]), weight, bias).out
      }
      let integers = quantized(alone, k: n).flatMap(\.flat)
      for threads in [1, 2, 3] {
        for inPlace in [true, false] {
          let (out, blocks) = withPool(threads) {
            Self.layerNorm(x, weight, bias, inPlace: inPlace, integers: true, pool: $0)
          }
          #expect(firstDifference(out, alone) == nil, "\(threads) threads")
          #expect(firstDifference(blocks.flatMap(\.flat), integers) == nil, "\(threads) threads")
        }
      }
    }

    /// Capped numbers are cap * tanh(x / cap), with the same bits everywhere.
    @Test(arguments: [Float(0.5), 30, 50, 1e6]) func caps(cap: Float) {
      var random = Random(17)
      let special: [Float] = [0, -0.0, 1e-30, -1e-3, 1e30, -1e30, .infinity, -.infinity]
      let x = random.floats(9001, scale: 4 * min(cap, 1e4)) + special
      func capped(_ threads: Int = 1) -> [Float] {
        withPool(threads) {
          var out = x
          ck_cap($0, &out, out.count, cap)
          return out
        }
      }
      expectAgreement("cap \(cap)") { capped() }
      #expect(firstDifference(capped(3), capped()) == nil)
      for (x, value) in zip(x, capped()) {
        let judged = Double(cap) * tanh(Double(x) / Double(cap))
        #expect(abs(Double(value) - judged) <= 4e-7 * Double(cap), "cap(\(x))")
      }
      var wrong = [Float.nan]
      ck_cap(nil, &wrong, 1, cap)
      #expect(wrong[0].isNaN)
    }

    /// The tanh form of GELU is v / (1 + exp(-2u)).
    @Test func gegluByDefinition() {
      var random = Random(5)
      let gate = random.floats(1001, scale: 12)
      let up = random.floats(1001)
      var out = gate
      ck_geglu(&out, up, 1001)
      for i in gate.indices {
        let v = Double(gate[i])
        let u = (2 / Double.pi).squareRoot() * (v + 0.044715 * v * v * v)
        let judged = v / (1 + exp(-2 * u)) * Double(up[i])
        #expect(abs(Double(out[i]) - judged) <= 4e-6 * abs(judged) + 1e-7)
      }
      var edges: [Float] = [-1e30, 1e30, -0.0, 0, .nan]
      ck_geglu(&edges, [1, 1, 1, 1, 1], 5)
      #expect(edges[0] == 0 && edges[1] == 1e30 && edges[2] == 0 && edges[3] == 0)
      #expect(edges[4].isNaN)
    }

    /// The exact form of GELU is v times the normal distribution function, by glibc's erfc.
    @Test func exactGegluByDefinition() {
      var random = Random(5)
      let gate = random.floats(4001, scale: 12)
      let up = random.floats(4001)
      var out = gate
      ck_geglu_erf(&out, up, 4001)
      for i in gate.indices {
        let v = Double(gate[i])
        let judged = 0.5 * v * erfc(-v / 2.0.squareRoot()) * Double(up[i])
        #expect(abs(Double(out[i]) - judged) <= 4e-7 * (1 + abs(v)) * abs(Double(up[i])) + 1e-12)
      }
      var edges: [Float] = [-1e30, 1e30, -0.0, 0, .nan]
      ck_geglu_erf(&edges, [1, 1, 1, 1, 1], 5)
      #expect(edges[0] == 0 && edges[1] == 1e30 && edges[2] == 0 && edges[3] == 0)
      #expect(edges[4].isNaN)
    }

    @Test func clampedSwiGLUByDefinition() {
      var random = Random(5)
      let gate = random.floats(1001, scale: 12), up = random.floats(1001, scale: 12)
      var out = gate
      ck_clamped_swiglu(&out, up, 1001, 1.702, 7)
      for i in gate.indices {
        let g = min(Double(gate[i]), 7), u = min(max(Double(up[i]), -7), 7)
        let judged = g / (1 + exp(-1.702 * g)) * (u + 1)
        #expect(abs(Double(out[i]) - judged) <= 4e-6 * abs(judged) + 1e-7)
      }
      var edges: [Float] = [-1e30, 1e30, 0, .nan]
      ck_clamped_swiglu(&edges, [1e30, -1e30, 1, 1], 4, 1.702, 7)
      #expect(edges[0] == 0 && abs(edges[1] + 42) < 1e-3 && edges[2] == 0 && edges[3].isNaN)
    }

    @Test func biasesAndScaledSums() {
      var random = Random(6)
      let (y, bias) = (random.floats(3 * 37), random.floats(37))
      var out = y
      ck_add_bias(&out, bias, 37, 3)
      #expect(out == y.indices.map { y[$0] + bias[$0 % 37] })
      var sum = y
      ck_add_scaled(&sum, out, 0.3, sum.count)
      #expect(sum == y.indices.map { y[$0].addingProduct(0.3, out[$0]) })
    }

    @Test func swigluByDefinition() {
      var random = Random(4)
      let gate = random.floats(1001, scale: 30)
      let up = random.floats(1001)
      var out = gate
      ck_swiglu(&out, up, 1001)
      for i in gate.indices {
        let v = Double(gate[i])
        let judged = v / (1 + exp(-v)) * Double(up[i])
        #expect(abs(Double(out[i]) - judged) <= 1e-6 * abs(judged) + 1e-30)
      }
    }

    @Test func ropeTurnsPairs() {
      var random = Random(6)
      let x = random.floats(3 * 10)
      let angles = random.floats(5, scale: 3)
      let cosine = angles.map(cosf)
      let sine = angles.map(sinf)
      var out = x
      ck_rope(&out, 3, 10, cosine, sine)
      for head in 0..<3 {
        for i in 0..<5 {
          let a = Double(x[head * 10 + i])
          let b = Double(x[head * 10 + 5 + i])
          let c = cos(Double(angles[i]))
          let s = sin(Double(angles[i]))
          #expect(abs(Double(out[head * 10 + i]) - (a * c - b * s)) < 1e-6)
          #expect(abs(Double(out[head * 10 + 5 + i]) - (b * c + a * s)) < 1e-6)
        }
      }
    }
  }
}
