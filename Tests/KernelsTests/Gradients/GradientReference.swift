import Glibc
import Testing

/// The functions of CleaveGradients.h in plain doubles, one row at a time.
enum GradientReference {
  static func norm(_ x: [Float], _ w: [Float], epsilon: Float) -> (y: [Double], inverse: Double) {
    let squares = x.reduce(0.0) { $0 + Double($1) * Double($1) }
    let inverse = 1 / (squares / Double(x.count) + Double(epsilon)).squareRoot()
    return (zip(x, w).map { Double($0) * inverse * Double($1) }, inverse)
  }

  /// The whole Jacobian of the norm: dy/dx[j] of each y[i].
  static func normGradient(
    _ x: [Float], _ w: [Float], epsilon: Float, dy: [Float]
  ) -> (dx: [Double], dw: [Double]) {
    let inverse = norm(x, w, epsilon: epsilon).inverse
    let cube = inverse * inverse * inverse / Double(x.count)
    let dx = x.indices.map { j in
      x.indices.reduce(0.0) { sum, i in
        let slope = (i == j ? inverse : 0) - Double(x[i]) * Double(x[j]) * cube
        return sum + Double(dy[i]) * Double(w[i]) * slope
      }
    }
    return (dx, x.indices.map { Double(dy[$0]) * Double(x[$0]) * inverse })
  }

  static func layerNorm(
    _ x: [Double], _ w: [Float], _ b: [Float], epsilon: Float
  ) -> [Double] {
    let mean = x.reduce(0, +) / Double(x.count)
    let variance = x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(x.count)
    let inverse = 1 / (variance + Double(epsilon)).squareRoot()
    return x.indices.map { (x[$0] - mean) * inverse * Double(w[$0]) + Double(b[$0]) }
  }

  static func exactGelu(_ gate: Double) -> Double { 0.5 * gate * erfc(-gate / 2.0.squareRoot()) }

  static func exactGeluSlope(_ gate: Double) -> Double {
    0.5 * erfc(-gate / 2.0.squareRoot()) + gate * exp(-gate * gate / 2)
      / (2 * Double.pi).squareRoot()
  }

  static func silu(_ gate: Double) -> Double { gate / (1 + exp(-gate)) }

  static func siluSlope(_ gate: Double) -> Double {
    let s = 1 / (1 + exp(-gate))
    return s * (1 + gate * (1 - s))
  }

  /// In the tanh form.
  static func gelu(_ gate: Double) -> Double {
    0.5 * gate * (1 + tanh(geluArgument(gate)))
  }

  static func geluSlope(_ gate: Double) -> Double {
    let t = tanh(geluArgument(gate))
    let slope = (2 / Double.pi).squareRoot() * (1 + 3 * 0.044715 * gate * gate)
    return 0.5 * (1 + t) + 0.5 * gate * (1 - t * t) * slope
  }

  private static func geluArgument(_ gate: Double) -> Double {
    (2 / Double.pi).squareRoot() * (gate + 0.044715 * gate * gate * gate)
  }

  static func logSum(_ values: [Double]) -> Double {
    let best = values.max() ?? 0
    return best + log(values.reduce(0) { $0 + exp($1 - best) })
  }
}

/// Expects differences of at most `tolerance` times the largest of the expected values.
func expectClose(
  _ found: some Sequence<Float>, _ expected: [Double], _ what: String,
  within tolerance: Double = 5e-6
) {
  let found = Array(found)
  #expect(found.count == expected.count, "\(what)")
  let scale = max(1e-30, expected.reduce(0) { max($0, abs($1)) })
  let worst = zip(found, expected).map { abs(Double($0) - $1) / scale }.max() ?? 0
  #expect(worst <= tolerance, "\(what): off by \(worst) of \(scale)")
}
