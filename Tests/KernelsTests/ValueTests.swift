import COpenBLAS
import CleaveKernels
import Glibc
import Testing

/// Glibc's exp in double precision.
func exponential(_ x: Double) -> Double { exp(x) }

extension Kernels {
  /// Values against judges that share no code with the kernels.
  @Suite struct Values {
    /// x, w as in ck_matmul, by OpenBLAS.
    static func sgemm(_ w: [Float], _ x: [Float], rows: Int, k: Int, columns: Int) -> [Float] {
      var y = [Float](repeating: 0, count: rows * columns)
      cblas_sgemm(
        CblasRowMajor, CblasNoTrans, CblasTrans, Int32(columns), Int32(rows), Int32(k), 1, x,
        Int32(k), w, Int32(k), 0, &y, Int32(rows))
      return y
    }

    @Test(arguments: BlockType.all) func matmulAsOpenBLAS(type: BlockType) {
      let rows = 40
      let k = 768
      let columns = 11
      var random = Random(k)
      let blocks = random.blocks(type, elements: rows * k)
      let x = random.floats(columns * k)
      let w = dequantized(type, blocks, elements: rows * k)
      let y = matmul(type, blocks, rows: rows, k: k, x, columns: columns)
      let judged = Self.sgemm(w, x, rows: rows, k: k, columns: columns)
      for column in 0..<columns {
        for row in 0..<rows {
          let size = (0..<k).reduce(Float(0)) { $0 + abs(w[row * k + $1] * x[column * k + $1]) }
          let at = column * rows + row
          #expect(abs(y[at] - judged[at]) <= 1e-5 * size, "row \(row) column \(column)")
        }
      }
    }

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

    @Test func rmsNormByDefinition() {
      var random = Random(3)
      let x = random.floats(577, scale: 5)
      let weight = random.floats(577)
      var out = x
      // In place, as the engine may call it.
      out.withUnsafeMutableBufferPointer {
        ck_rms_norm($0.baseAddress!, weight, $0.baseAddress!, 577, 1e-5)
      }
      let mean = x.reduce(0.0) { $0 + Double($1) * Double($1) } / 577
      for i in 0..<577 {
        let judged = Double(x[i]) / (mean + 1e-5).squareRoot() * Double(weight[i])
        #expect(abs(Double(out[i]) - judged) <= 1e-6 * abs(judged))
      }
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

    @Test func addAdds() {
      var x: [Float] = [1, 2, 3]
      ck_add(&x, [10, 20, 30], 3)
      #expect(x == [11, 22, 33])
    }

    @Test(arguments: [0, 40]) func attentionByDefinition(first: Int) {
      let input = AttentionInput(queries: 5, first: first, heads: 6, kvHeads: 2, headDim: 24)
      let out = input.run()
      for query in 0..<5 {
        for head in 0..<6 {
          for d in 0..<24 {
            let judged = input.judged(query: query, head: head, dimension: d)
            let value = Double(out[(query * 6 + head) * 24 + d])
            #expect(abs(value - judged) < 2e-6, "query \(query) head \(head) dimension \(d)")
          }
        }
      }
    }
  }
}
