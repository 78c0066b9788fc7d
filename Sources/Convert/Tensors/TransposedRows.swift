import CleaveStorage

/// Rows that are stored as columns, as those of gpt-oss' experts and of GPT-2 are: row i of an expert is column
/// `first + step * i` of the expert's `[inputs, width]`.
struct TransposedRows: Sendable {
  /// 1 for a matrix of no mixture.
  var experts = 1
  let first: Int
  var step = 1
  let width: Int

  /// The rows, read from the columns.
  ///
  /// - Parameters:
  ///   - tensor: `[experts, inputs, width]`, of a float type.
  ///   - shape: `[experts * rows, inputs]`.
  /// - Throws: `InputError` if the tensor is quantized.
  func source(of tensor: Tensor, shape: [Int], name: String) throws -> WeightSource {
    guard !tensor.type.isQuantized, let bytes = tensor.type.byteCount(elements: 1) else {
      throw InputError(
        file: tensor.file.path, location: tensor.name, found: "type \(tensor.type.rawValue)",
        expected: "floats, which can be transposed")
    }
    let (inputs, rows) = (shape[1], shape[0] / experts)
    let place = self
    return WeightSource(name: name, type: tensor.type, shape: shape) { write in
      try tensor.withBytes { source in
        var row = [UInt8](repeating: 0, count: inputs * bytes)
        for index in 0..<place.experts * rows {
          let (expert, own) = index.quotientAndRemainder(dividingBy: rows)
          let first = expert * inputs * place.width + place.first + place.step * own
          for input in 0..<inputs {
            let start = (first + input * place.width) * bytes
            for byte in 0..<bytes { row[input * bytes + byte] = source[start + byte] }
          }
          try row.withUnsafeBytes(write)
        }
      }
    }
  }

  /// The reverse: rows of matrices as columns of one tensor `[experts, inputs, width]`.
  ///
  /// - Parameters:
  ///   - matrices: `[experts * rows, inputs]` each.
  ///   - takeTurns: whether the rows of an expert's matrices take turns, and do not follow one another.
  ///   - type: the float type that is written.
  static func joined(
    _ matrices: [Tensor], experts: Int = 1, takeTurns: Bool, type: TensorType, name: String
  ) -> WeightSource {
    let inputs = matrices[0].shape[1]
    let counts = matrices.map { $0.shape[0] / experts }
    let width = counts.reduce(0, +)
    let bytes = type.byteCount(elements: 1) ?? 4
    return WeightSource(name: name, type: type, shape: [experts, inputs, width]) { write in
      for expert in 0..<experts {
        let own = try zip(matrices, counts).map { matrix, rows in
          var values: [UInt8] = []
          values.reserveCapacity(rows * inputs * bytes)
          let range = expert * rows..<(expert + 1) * rows
          try FloatRows(matrix, type, as: type, rows: range).stream { values += $0 }
          return values
        }
        var line = [UInt8](repeating: 0, count: width * bytes)
        for input in 0..<inputs {
          var first = 0
          for (part, values) in own.enumerated() {
            for row in 0..<counts[part] {
              let target = (takeTurns ? row * own.count + part : first + row) * bytes
              for byte in 0..<bytes {
                line[target + byte] = values[(row * inputs + input) * bytes + byte]
              }
            }
            first += counts[part]
          }
          try line.withUnsafeBytes(write)
        }
      }
    }
  }
}
