/// Some rows of a matrix as integers times the scales of their groups:
/// weight = scale * code, or scale * code + minimum, each operation rounded to float32.
struct GroupedCodes {
  /// The weights in a block of GGML's simple formats.
  static let blockElements = 32

  let groups: ColumnGroups
  /// Row-major, zero points subtracted: `[rows, columns]`.
  var codes: [Int16]
  /// `[rows, groups]`.
  var scales: [Float]
  /// `[rows, groups]`; nil without minimums.
  var minimums: [Float]?

  var rows: Int { codes.count / groups.columns }

  /// The weights in float32, row-major.
  func values() -> [Float] {
    let columns = groups.columns
    return [Float](unsafeUninitializedCapacity: codes.count) { values, initialized in
      codes.withUnsafeBufferPointer { codes in
        for row in 0..<rows {
          for run in groups.runs {
            let scale = scales[row * groups.count + run.group]
            let range =
              row * columns + run.columns.lowerBound..<row * columns + run.columns.upperBound
            if let minimum = minimums?[row * groups.count + run.group] {
              for index in range { values[index] = scale * Float(codes[index]) + minimum }
            } else {
              for index in range { values[index] = scale * Float(codes[index]) }
            }
          }
        }
      }
      initialized = codes.count
    }
  }
}
