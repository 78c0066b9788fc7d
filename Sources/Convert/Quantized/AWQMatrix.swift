import CleaveStorage

/// A matrix of AWQ. With its rows as outputs and its columns as inputs, the parts are
/// qweight `[columns, rows / 8]`, qzeros `[groups, rows / 8]` and scales `[groups, rows]`.
struct AWQMatrix: GroupedMatrix {
  let origin: QuantizedPart
  let rows: Int
  let columns: Int
  private let groups: ColumnGroups
  private let scales: QuantizedPart
  private let zeros: QuantizedPart

  /// The nibble of a word in which each of its eight outputs is.
  private static let nibbles = [0, 4, 1, 5, 2, 6, 3, 7]

  init(
    _ weight: QuantizedPart, groupSize: Int?, scales: QuantizedPart, zeros: QuantizedPart
  ) throws {
    origin = weight
    let shape = try weight.matrixShape()
    (rows, columns) = (shape.columns * 8, shape.rows)
    groups = ColumnGroups(columns: columns, size: groupSize ?? columns)
    self.scales = try scales.require(
      shape: [groups.count, rows], because: "a row for each of \(groups.count) groups")
    self.zeros = try zeros.require(
      shape: [groups.count, shape.columns], because: "a row for each of \(groups.count) groups")
  }

  /// Weight = scale * (code - zero point).
  func grouped(_ rows: Range<Int>) throws -> GroupedCodes {
    let count = groups.count
    var scales = [Float](repeating: 0, count: rows.count * count)
    var points = [Int16](repeating: 0, count: rows.count * count)
    for group in 0..<count {
      let first = group * self.rows
      let part = try self.scales.finite(first + rows.lowerBound..<first + rows.upperBound)
      zeros.withBytes { bytes in
        for (index, row) in rows.enumerated() {
          scales[index * count + group] = part[index]
          points[index * count + group] = Self.code(bytes, group * (self.rows / 8), row)
        }
      }
    }
    return GroupedCodes(groups: groups, codes: codes(rows, points), scales: scales)
  }

  private func codes(_ rows: Range<Int>, _ zeros: [Int16]) -> [Int16] {
    let (words, columns, count) = (self.rows / 8, columns, groups.count)
    return origin.withBytes { bytes in
      [Int16](unsafeUninitializedCapacity: rows.count * columns) { codes, initialized in
        for run in groups.runs {
          for column in run.columns {
            for row in 0..<rows.count {
              codes[row * columns + column] =
                Self.code(bytes, column * words, rows.lowerBound + row)
                - zeros[row * count + run.group]
            }
          }
        }
        initialized = rows.count * columns
      }
    }
  }

  private static func code(_ bytes: UnsafeRawBufferPointer, _ first: Int, _ row: Int) -> Int16 {
    // Nibbles 2k and 2k + 1 of a little-endian word are the halves of its byte k.
    let nibble = nibbles[row % 8]
    let byte = bytes[4 * (first + row / 8) + nibble / 2]
    return Int16(nibble % 2 == 0 ? byte & 15 : byte >> 4)
  }
}
