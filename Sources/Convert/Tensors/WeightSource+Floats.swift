import CleaveStorage

extension WeightSource {
  /// A vector of float32 values.
  static func floats(_ values: [Float], name: String) -> WeightSource {
    let bytes = values.flatMap { value in
      withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) }
    }
    return WeightSource(name: name, type: .f32, shape: [values.count], bytes: bytes)
  }

  /// The same numbers in another shape; nil leaves it as it is.
  func shaped(as shape: [Int]?) -> WeightSource {
    guard let shape else { return self }
    precondition(shape.reduce(1, *) == self.shape.reduce(1, *))
    return WeightSource(name: name, type: type, shape: shape, stream: stream)
  }
}
