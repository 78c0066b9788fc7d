import CleaveStorage

/// A matrix of GPTQ. With its rows as outputs and its columns as inputs, the parts are
/// qweight `[columns * bits / 32, rows]`, scales `[groups, rows]` and
/// qzeros `[groups, rows * bits / 32]`.
struct GPTQMatrix: GroupedMatrix {
  let origin: QuantizedPart
  let rows: Int
  let columns: Int
  private let bits: Int
  private let groups: ColumnGroups
  private let scales: QuantizedPart
  private let zeros: QuantizedPart
  private let storesZeroLessOne: Bool

  init(
    _ weight: QuantizedPart, bits: Int, groupSize: Int?, scales: QuantizedPart,
    zeros: QuantizedPart, storesZeroLessOne: Bool, order: QuantizedPart?
  ) throws {
    origin = weight
    let shape = try weight.matrixShape()
    guard shape.rows * 32 % bits == 0 else {
      throw weight.refuse("\(shape.rows) rows of words", expected: "whole codes of \(bits) bits")
    }
    (rows, columns) = (shape.columns, shape.rows * 32 / bits)
    self.bits = bits
    let (even, inputs) = (ColumnGroups(columns: columns, size: groupSize ?? columns), columns)
    groups = try order.map { try Self.groups(of: inputs, $0, count: even.count) } ?? even
    self.scales = try scales.require(
      shape: [groups.count, rows], because: "a row for each of \(groups.count) groups")
    self.zeros = try zeros.require(
      shape: [groups.count, PackedBits.words(rows, bits: bits) ?? 0],
      because: "zero points of \(bits) bits for \(rows) outputs in \(groups.count) groups")
    self.storesZeroLessOne = storesZeroLessOne
  }

  private static func groups(
    of columns: Int, _ order: QuantizedPart, count: Int
  ) throws -> ColumnGroups {
    try order.require(shape: [columns], because: "the group of each input")
    let groups = try order.integers()
    return try ColumnGroups(order, groups, count: count)
  }

  /// Weight = scale * (code - zero point).
  func grouped(_ rows: Range<Int>) throws -> GroupedCodes {
    let zeros = zeroPoints(rows)
    var scales = [Float](repeating: 0, count: rows.count * groups.count)
    for group in 0..<groups.count {
      let first = group * self.rows
      let part = try self.scales.finite(first + rows.lowerBound..<first + rows.upperBound)
      for row in part.indices { scales[row * groups.count + group] = part[row] }
    }
    return GroupedCodes(groups: groups, codes: codes(rows, zeros), scales: scales)
  }

  /// The codes less their zero points, row-major.
  private func codes(_ rows: Range<Int>, _ zeros: [Int16]) -> [Int16] {
    let (bits, columns, stride, count) = (bits, columns, self.rows, groups.count)
    let mask = UInt32(1 << bits - 1)
    return origin.withBytes { bytes in
      func word(_ index: Int, _ row: Int) -> UInt32 {
        let element = index * stride + rows.lowerBound + row
        return UInt32(
          littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * element, as: UInt32.self))
      }
      return [Int16](unsafeUninitializedCapacity: rows.count * columns) { codes, initialized in
        for run in groups.runs {
          for column in run.columns {
            let (index, shift) = (column * bits / 32, column * bits % 32)
            for row in 0..<rows.count {
              var value = word(index, row) >> UInt32(shift)
              if shift + bits > 32 { value |= word(index + 1, row) << UInt32(32 - shift) }
              codes[row * columns + column] =
                Int16(truncatingIfNeeded: value & mask) - zeros[row * count + run.group]
            }
          }
        }
        initialized = rows.count * columns
      }
    }
  }

  /// The zero points of some rows: `[rows, groups]`.
  private func zeroPoints(_ rows: Range<Int>) -> [Int16] {
    var points = [Int16](repeating: 0, count: rows.count * groups.count)
    for group in 0..<groups.count {
      let first = group * zeros.columns
      var words = zeros.words(first..<first + zeros.columns)
      // GPTQModel adds one to all fields of a word at once, so that a borrow that was made in
      // storing version 1 is paid back.
      if storesZeroLessOne, bits != 3 { words = words.map { $0 &+ Self.ones(bits) } }
      for (index, row) in rows.enumerated() {
        var point = PackedBits.code(row, bits: bits, of: words)
        if storesZeroLessOne, bits == 3 { point = (point + 1) & 7 }
        points[index * groups.count + group] = Int16(point)
      }
    }
    return points
  }

  /// A word with a one in each field.
  private static func ones(_ bits: Int) -> UInt32 { UInt32.max / UInt32(1 << bits - 1) }
}
