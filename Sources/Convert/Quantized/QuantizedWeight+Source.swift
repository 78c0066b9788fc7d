import CleaveKernels
import CleaveStorage

extension QuantizedWeight {
  /// The weight in blocks that were found to hold it exactly. Every slab is checked once more as it
  /// is written.
  func source(exactlyIn type: TensorType) -> WeightSource {
    WeightSource(name: name, type: type, shape: shape) { write in
      try forEachSlab { matrix, rows in
        guard let codes = try matrix.codes(rows) else {
          preconditionFailure("\(name): blocks of a layout without codes")
        }
        let values = codes.values()
        try requireFinite(values, matrix, rows)
        let bytes = ExactBlocks(codes).packed(as: type)
        guard dequantized(bytes, type) == values else {
          throw refuse(matrix, rows, "weights that change in \(type.rawValue)", "the same weights")
        }
        try bytes.withUnsafeBytes(write)
      }
    }
  }

  /// The weight rounded to a type.
  ///
  /// - Parameter errors: takes the errors that this makes; nil for a type that was found to hold
  ///   the weight exactly.
  func source(as type: TensorType, errors: RoundingErrors? = nil) -> WeightSource {
    WeightSource(name: name, type: type, shape: shape) { write in
      try forEachSlab { matrix, rows in
        let values = try matrix.values(rows)
        let bytes = try rounded(values, type, matrix, rows)
        if let errors, type != .f32 { errors.add(kind, values, dequantized(bytes, type)) }
        try bytes.withUnsafeBytes(write)
      }
    }
  }

  private func rounded(
    _ values: [Float], _ type: TensorType, _ matrix: any QuantizedMatrix, _ rows: Range<Int>
  ) throws -> [UInt8] {
    try requireFinite(values, matrix, rows)
    let size = columns / type.blockElements * type.blockBytes * rows.count
    var bytes = [UInt8](repeating: 0, count: size)
    let result = bytes.withUnsafeMutableBytes {
      ck_quantize_rows(
        nil, CK_F32, values, rows.count, columns, ck_type(rawValue: type.ggmlID), nil, CK_PLAIN,
        $0.baseAddress)
    }
    guard result.fault.rawValue == CK_FAULT_NONE.rawValue else {
      throw refuse(
        matrix, rows, "the weight \(values[result.element])",
        "weights that \(type.rawValue) can hold",
        advice: "Give --as bf16 or f32.")
    }
    return bytes
  }

  private func requireFinite(
    _ values: [Float], _ matrix: any QuantizedMatrix, _ rows: Range<Int>
  ) throws {
    guard let element = values.firstIndex(where: { !$0.isFinite }) else { return }
    throw refuse(
      matrix, rows, "\(values[element]) in column \(element % columns)", "finite weights",
      advice: "The checkpoint is damaged.")
  }

  private func dequantized(_ bytes: [UInt8], _ type: TensorType) -> [Float] {
    let count = bytes.count / type.blockBytes * type.blockElements
    return [Float](unsafeUninitializedCapacity: count) { values, initialized in
      ck_dequantize(ck_type(rawValue: type.ggmlID), bytes, values.baseAddress, count)
      initialized = count
    }
  }

  private func refuse(
    _ matrix: any QuantizedMatrix, _ rows: Range<Int>, _ found: String, _ expected: String,
    advice: String? = nil
  ) -> InputError {
    InputError(
      file: matrix.origin.path,
      location: "\(matrix.origin.name), rows \(rows.lowerBound)..<\(rows.upperBound)",
      found: found, expected: expected, advice: advice)
  }
}
