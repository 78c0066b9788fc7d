import CleaveKernels
import Glibc
import Testing

extension Kernels {
  /// The layers of training, forward and backward: the same bits under every instruction set, and
  /// the values of plain doubles, for lengths that are multiples of 16 and others.
  @Suite struct GradientLayers {
    static let lengths = [1, 15, 16, 17, 48, 100, 577]
    private let rows = 3
    private let epsilon: Float = 1e-5

    @Test(arguments: lengths) func norm(n: Int) {
      var random = Random(n)
      let x = random.floats(rows * n, scale: 3), w = random.floats(n)
      let dy = random.floats(rows * n), before = random.floats(rows * n + n)
      func forward() -> [Float] {
        var y = [Float](repeating: .nan, count: rows * n)
        var inverse = [Float](repeating: .nan, count: rows)
        ck_norm_forward(x, w, epsilon, rows, n, &y, &inverse)
        return y + inverse
      }
      func backward() -> [Float] {
        var dx = Array(before[..<(rows * n)]), dw = Array(before[(rows * n)...])
        ck_norm_backward(x, w, Array(forward()[(rows * n)...]), dy, rows, n, &dx, &dw)
        return dx + dw
      }
      expectAgreement("norm of \(n)", forward)
      expectAgreement("norm of \(n), backward", backward)
      let (found, gradient) = (forward(), backward())
      var dw = before[(rows * n)...].map(Double.init)
      for row in 0..<rows {
        let range = row * n..<(row + 1) * n
        let own = Array(x[range])
        let (y, inverse) = GradientReference.norm(own, w, epsilon: epsilon)
        expectClose(found[range], y, "y of \(n)")
        expectClose([found[rows * n + row]], [inverse], "1 / rms of \(n)")
        let expected = GradientReference.normGradient(
          own, w, epsilon: epsilon, dy: Array(dy[range]))
        expectClose(
          gradient[range], zip(before[range], expected.dx).map { Double($0) + $1 },
          "dx of \(n)", within: 1e-5)
        for index in 0..<n { dw[index] += expected.dw[index] }
      }
      expectClose(gradient[(rows * n)...], dw, "dw of \(n)")
    }

    /// Against central differences of the definition in doubles.
    @Test(arguments: lengths, [true, false]) func layerNorm(n: Int, isBiased: Bool) {
      var random = Random(n)
      let x = random.floats(rows * n, scale: 3).map { $0 + 1 }, w = random.floats(n)
      let b = random.floats(n), dy = random.floats(rows * n)
      let before = random.floats(rows * n + n)
      func forward() -> [Float] {
        var y = [Float](repeating: .nan, count: rows * n)
        var inverse = [Float](repeating: .nan, count: rows)
        b.withUnsafeBufferPointer {
          ck_layer_norm_forward(
            x, w, isBiased ? $0.baseAddress : nil, epsilon, rows, n, &y, &inverse)
        }
        return y + inverse
      }
      func backward() -> [Float] {
        var dx = Array(before[..<(rows * n)]), dw = Array(before[(rows * n)...])
        ck_layer_norm_backward(x, w, Array(forward().suffix(rows)), dy, rows, n, &dx, &dw)
        return dx + dw
      }
      expectAgreement("layer norm of \(n)", forward)
      expectAgreement("layer norm of \(n), backward", backward)
      let (found, gradient) = (forward(), backward())
      let bias = isBiased ? b : b.map { _ in 0 }
      for row in 0..<rows {
        let range = row * n..<(row + 1) * n
        let own = x[range].map(Double.init), d = dy[range].map(Double.init)
        expectClose(
          found[range], GradientReference.layerNorm(own, w, bias, epsilon: epsilon), "y of \(n)")
        let slopes = (0..<n).map { j in
          func loss(_ step: Double) -> Double {
            var moved = own
            moved[j] += step
            return zip(GradientReference.layerNorm(moved, w, bias, epsilon: epsilon), d)
              .reduce(0) { $0 + $1.0 * $1.1 }
          }
          return (loss(1e-5) - loss(-1e-5)) / 2e-5
        }
        // With a single element the norm gives the bias alone.
        if n > 1 {
          expectClose(
            gradient[range], zip(before[range], slopes).map { Double($0) + $1 }, "dx of \(n)",
            within: 2e-5)
        }
      }
      var dw = before[(rows * n)...].map(Double.init)
      for row in 0..<rows {
        let own = x[row * n..<(row + 1) * n].map(Double.init)
        let plain = GradientReference.layerNorm(
          own, w.map { _ in 1 }, w.map { _ in 0 }, epsilon: epsilon)
        for index in 0..<n { dw[index] += plain[index] * Double(dy[row * n + index]) }
      }
      expectClose(gradient[(rows * n)...], dw, "dw of \(n)", within: 1e-5)
    }

    /// The kernels of a gated unit, and the activation with its slope in doubles.
    struct GatedUnit: CustomTestStringConvertible, Sendable {
      let testDescription: String
      let forward: @Sendable ([Float], [Float], inout [Float]) -> Void
      let backward: @Sendable ([Float], [Float], [Float], inout [Float], inout [Float]) -> Void
      let activation: @Sendable (Double) -> Double
      let slope: @Sendable (Double) -> Double
    }

    static let units = [
      GatedUnit(
        testDescription: "SwiGLU", forward: { ck_swiglu_forward($0, $1, $0.count, &$2) },
        backward: { ck_swiglu_backward($0, $1, $2, $0.count, &$3, &$4) },
        activation: GradientReference.silu, slope: GradientReference.siluSlope),
      GatedUnit(
        testDescription: "GeGLU", forward: { ck_geglu_forward($0, $1, $0.count, &$2) },
        backward: { ck_geglu_backward($0, $1, $2, $0.count, &$3, &$4) },
        activation: GradientReference.gelu, slope: GradientReference.geluSlope),
      GatedUnit(
        testDescription: "GeGLU, exact", forward: { ck_geglu_erf_forward($0, $1, $0.count, &$2) },
        backward: { ck_geglu_erf_backward($0, $1, $2, $0.count, &$3, &$4) },
        activation: GradientReference.exactGelu, slope: GradientReference.exactGeluSlope),
    ]

    @Test(arguments: lengths, units) func gatedUnit(n: Int, unit: GatedUnit) {
      var random = Random(n)
      var gate = random.floats(n, scale: 20)
      // Far where exp overflows, or nothing is left.
      for (index, value) in ([0, -100, 100, -88, 88] as [Float]).enumerated()
      where index < n {
        gate[index] = value
      }
      let up = random.floats(n, scale: 2), dout = random.floats(n)
      func forward() -> [Float] {
        var out = [Float](repeating: .nan, count: n)
        unit.forward(gate, up, &out)
        return out
      }
      func backward() -> [Float] {
        var dgate = [Float](repeating: .nan, count: n), dup = dgate
        unit.backward(gate, up, dout, &dgate, &dup)
        return dgate + dup
      }
      expectAgreement("gated unit of \(n)", forward)
      expectAgreement("gated unit of \(n), backward", backward)
      let g = gate.map(Double.init), u = up.map(Double.init), d = dout.map(Double.init)
      expectClose(
        forward(), (0..<n).map { unit.activation(g[$0]) * u[$0] }, "forward of \(n)")
      let gradient = backward()
      expectClose(
        gradient[..<n], (0..<n).map { d[$0] * u[$0] * unit.slope(g[$0]) },
        "dgate of \(n)")
      expectClose(
        gradient[n...], (0..<n).map { d[$0] * unit.activation(g[$0]) }, "dup of \(n)")
    }

    /// Against the definition in doubles; beyond a bound there is no slope.
    @Test(arguments: lengths) func clampedUnit(n: Int) {
      let slope = 1.702, limit = 3.0
      var random = Random(n)
      let gate = random.floats(n, scale: 6), up = random.floats(n, scale: 6)
      let dout = random.floats(n)
      func forward() -> [Float] {
        var out = [Float](repeating: .nan, count: n)
        ck_clamped_swiglu_forward(gate, up, Float(slope), Float(limit), n, &out)
        return out
      }
      func backward() -> [Float] {
        var dgate = [Float](repeating: .nan, count: n), dup = dgate
        ck_clamped_swiglu_backward(gate, up, dout, Float(slope), Float(limit), n, &dgate, &dup)
        return dgate + dup
      }
      expectAgreement("clamped unit of \(n)", forward)
      expectAgreement("clamped unit of \(n), backward", backward)
      var out: [Double] = [], dgate: [Double] = [], dup: [Double] = []
      for i in 0..<n {
        let g = min(Double(gate[i]), limit), u = min(max(Double(up[i]), -limit), limit)
        let s = 1 / (1 + exp(-slope * g)), d = Double(dout[i])
        out.append(g * s * (u + 1))
        dgate.append(Double(gate[i]) > limit ? 0 : d * (u + 1) * (s + slope * g * s * (1 - s)))
        dup.append(abs(Double(up[i])) > limit ? 0 : d * g * s)
      }
      expectClose(forward(), out, "forward of \(n)")
      expectClose(backward(), dgate + dup, "backward of \(n)")
    }

    /// A form of the softmax of scores.
    struct Scores: Sendable {
      var window = 0
      var cap: Float = 0
      var sink = -Float.infinity
    }

    static let forms = [
      Scores(), Scores(window: 1), Scores(window: 14), Scores(window: 33), Scores(cap: 4),
      Scores(sink: 2), Scores(window: 14, cap: 6, sink: 9),
    ]

    /// The last rows of a sequence of n tokens, each with one key more than the one before, or with as many behind
    /// a window.
    @Test(arguments: lengths, forms) func causalSoftmax(n: Int, form: Scores) {
      let rows = min(5, n), stride = 3, window = form.window, cap = Double(form.cap)
      let slopes = UnsafeMutablePointer<Float>.allocate(capacity: rows * n)
      defer { slopes.deallocate() }
      var tile = ck_causal_tile(
        rows: rows, width: n, first: n - rows, window: window, scale: 0.37, cap: form.cap,
        slopes: slopes, sink: form.sink)
      var random = Random(n)
      let scores = random.floats(rows * n, scale: 30), dp = random.floats(rows * n)
      let dots = random.floats(rows * stride)
      func forward() -> [Float] {
        var p = scores
        var sums = [Float](repeating: -7, count: rows * stride)
        ck_causal_softmax(&tile, &p, &sums, stride)
        return p + sums
      }
      func again() -> [Float] {
        var p = scores
        ck_causal_softmax_again(&tile, &p, Array(forward()[(rows * n)...]), stride)
        return p
      }
      func backward() -> [Float] {
        var gradient = dp
        _ = again()
        ck_causal_softmax_backward(&tile, forward(), &gradient, dots, stride)
        return gradient
      }
      expectAgreement("softmax of \(n)", forward)
      expectAgreement("softmax of \(n), again", again)
      expectAgreement("softmax of \(n), backward", backward)
      let (found, twice, gradient) = (forward(), again(), backward())
      for row in 0..<rows {
        let end = n - rows + row + 1
        let seen = (window > 0 ? max(0, end - window) : 0)..<end
        let z = (0..<n).map {
          let score = Double(scores[row * n + $0]) * 0.37
          return cap > 0 ? cap * tanh(score / cap) : score
        }
        let sum = GradientReference.logSum(Array(z[seen]) + [Double(form.sink)])
        let p = (0..<n).map { seen.contains($0) ? exp(z[$0] - sum) : 0 }
        let range = row * n..<(row + 1) * n
        expectClose(found[range], p, "row \(row) of \(n)")
        expectClose(twice[range], p, "row \(row) of \(n), again", within: 1e-5)
        for p in [found, twice] {
          #expect(range.allSatisfy { seen.contains($0 - row * n) || p[$0] == 0 })
        }
        expectClose([found[rows * n + row * stride]], [sum], "log-sum of row \(row) of \(n)")
        expectClose(
          gradient[range],
          (0..<n).map {
            let slope = cap > 0 ? 1 - (z[$0] / cap) * (z[$0] / cap) : 1
            return p[$0] * (Double(dp[row * n + $0]) - Double(dots[row * stride])) * 0.37 * slope
          },
          "gradient of row \(row) of \(n)", within: 1e-5)
      }
      #expect(found[(rows * n)...].enumerated().allSatisfy { $0 % stride == 0 || $1 == -7 })
    }

    @Test(arguments: lengths) func rowDots(n: Int) {
      let stride = n + 5
      var random = Random(n)
      let a = random.floats(rows * stride), b = random.floats(rows * stride)
      func dots() -> [Float] {
        var out = [Float](repeating: -7, count: 2 * rows)
        ck_row_dots(a, b, rows, n, stride, &out, 2)
        return out
      }
      expectAgreement("dots of \(n)", dots)
      let expected = (0..<rows).flatMap { row -> [Double] in
        let products = (0..<n).map { Double(a[row * stride + $0]) * Double(b[row * stride + $0]) }
        return [products.reduce(0, +), -7]
      }
      expectClose(dots(), expected, "dots of \(n)")
    }

    @Test(arguments: lengths) func sums(n: Int) {
      var random = Random(n)
      let x = random.floats(n, scale: 100), y = random.floats(n)
      func accumulated() -> [Float] {
        var y = y
        ck_accumulate(x, n, &y)
        return y
      }
      expectAgreement("sum of \(n)", accumulated)
      #expect(accumulated() == zip(x, y).map { $0 + $1 })
      let squares = under("scalar") { ck_sum_of_squares(x, n) }
      for variant in variants {
        #expect(under(variant) { ck_sum_of_squares(x, n) } == squares, "\(variant)")
      }
      let expected = x.reduce(0.0) { $0 + Double($1) * Double($1) }
      #expect(abs(squares - expected) <= 1e-12 * expected)
    }
  }
}
