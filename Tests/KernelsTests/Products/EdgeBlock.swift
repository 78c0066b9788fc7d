import CleaveKernels

extension ck_activations {
  var integers: [Int8] { withUnsafeBytes(of: q) { $0.map { Int8(bitPattern: $0) } } }

  /// All members as floats, for comparisons bit for bit.
  var flat: [Float] {
    integers.map { Float($0) } + [scale, Float(sums.0), Float(sums.1), offset]
  }

  /// The activations that the integers represent.
  var values: [Double] { integers.map { Double(scale) * Double($0) } }
}

/// CK_BLOCK activations at an edge of quantization, with a name.
struct EdgeBlock {
  let name: String
  let values: [Float]

  init(_ name: String, _ first: [Float], fill: Float = 0) {
    self.name = name
    values = first + [Float](repeating: fill, count: Int(CK_BLOCK) - first.count)
  }

  static let finite = [
    // The scale is 1, so that halves are ties.
    EdgeBlock("ties", [127, 0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 126.5, -126.5, -125.5, 3.5]),
    EdgeBlock("all largest", [], fill: 3.7),
    EdgeBlock("all lowest", [], fill: -0.01),
    EdgeBlock("both ends", [1, -1, 0.999, -0.999]),
    EdgeBlock("zero", [-0.0, 0]),
    EdgeBlock("denormal", [.leastNonzeroMagnitude, -.leastNormalMagnitude / 2, 1e-38]),
    EdgeBlock("below the least", [Float(1e-30).nextDown, -1e-31]),
    EdgeBlock("the least", [1e-30, -1e-31]),
    EdgeBlock("largest floats", [.greatestFiniteMagnitude, -3e38, 1e38]),
    EdgeBlock("only the last", [Float](repeating: 0, count: 31) + [-5]),
  ]
  static let notFinite = [
    EdgeBlock("NaN", [1, 2, .nan]),
    EdgeBlock("NaN alone", [Float](repeating: 0, count: 31) + [-.nan]),
    EdgeBlock("infinity", [1, .infinity, 3]),
    EdgeBlock("minus infinity", [-.infinity], fill: 9),
  ]
}
