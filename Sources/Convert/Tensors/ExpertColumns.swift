import CleaveStorage

/// Matrices of experts that are stored transposed, the rows of several taking turns as columns: row i of part p of an
/// expert is column `parts * i + p` of the expert's `[inputs, parts * rows]`.
struct ExpertColumns: Sendable {
  let experts: Int
  let part: Int
  let parts: Int

  /// The rows of one part, read from its columns.
  ///
  /// - Parameters:
  ///   - tensor: `[experts, inputs, parts * rows]`, of a float type.
  ///   - shape: `[experts * rows, inputs]`.
  /// - Throws: `InputError` if the tensor is quantized.
  func source(of tensor: Tensor, shape: [Int], name: String) throws -> WeightSource {
    guard !tensor.type.isQuantized, let bytes = tensor.type.byteCount(elements: 1) else {
      throw InputError(
        file: tensor.file.path, location: tensor.name, found: "type \(tensor.type.rawValue)",
        expected: "floats, which can be transposed")
    }
    let (inputs, rows) = (shape[1], shape[0] / experts)
    let (experts, part, parts) = (experts, part, parts)
    return WeightSource(name: name, type: tensor.type, shape: shape) { write in
      try tensor.withBytes { source in
        var row = [UInt8](repeating: 0, count: inputs * bytes)
        for index in 0..<experts * rows {
          let (expert, own) = index.quotientAndRemainder(dividingBy: rows)
          let first = expert * inputs * parts * rows + parts * own + part
          for input in 0..<inputs {
            let start = (first + input * parts * rows) * bytes
            for byte in 0..<bytes { row[input * bytes + byte] = source[start + byte] }
          }
          try row.withUnsafeBytes(write)
        }
      }
    }
  }

  /// The reverse: the parts' rows as columns of one tensor `[experts, inputs, parts * rows]`.
  ///
  /// - Parameters:
  ///   - matrices: of the parts, `[experts * rows, inputs]` each.
  ///   - type: the float type that is written.
  static func joined(
    _ matrices: [Tensor], experts: Int, type: TensorType, name: String
  ) -> WeightSource {
    let (inputs, rows) = (matrices[0].shape[1], matrices[0].shape[0] / experts)
    let bytes = type.byteCount(elements: 1) ?? 4
    let shape = [experts, inputs, matrices.count * rows]
    return WeightSource(name: name, type: type, shape: shape) { write in
      for expert in 0..<experts {
        let own = try matrices.map { matrix in
          var values: [UInt8] = []
          values.reserveCapacity(rows * inputs * bytes)
          let range = expert * rows..<(expert + 1) * rows
          try FloatRows(matrix, type, as: type, rows: range).stream { values += $0 }
          return values
        }
        var line = [UInt8](repeating: 0, count: rows * matrices.count * bytes)
        for input in 0..<inputs {
          for row in 0..<rows {
            for (part, values) in own.enumerated() {
              let target = (row * matrices.count + part) * bytes
              for byte in 0..<bytes {
                line[target + byte] = values[(row * inputs + input) * bytes + byte]
              }
            }
          }
          try line.withUnsafeBytes(write)
        }
      }
    }
  }
}
