import CleaveStorage

/// The importance of one tensor's columns as a file stores it: for each column the sum of its squared
/// inputs. A tensor of several experts may have a row of sums for each.
struct ImportanceVector: Sendable {
  /// The name in the file, for errors.
  let name: String
  let file: MappedFile
  /// The range of the sums in the file, float32 in any alignment.
  let range: Range<Int>
  /// The numbers by which the sums are divided: one for all, or one for each row of sums. A row with
  /// a count of 0 got no input.
  var counts: [Float] = [1]

  /// The number of sums.
  var count: Int { range.count / 4 }

  /// The mean of the squared inputs, row after row, all finite and at least 0; 1 where there was no
  /// input.
  ///
  /// - Throws: `InputError` for another number.
  func means() throws -> [Float] {
    var values = [Float](repeating: 0, count: count)
    file.withBytes(range) { bytes in values.withUnsafeMutableBytes { $0.copyMemory(from: bytes) } }
    let columns = max(1, count / counts.count)
    for index in values.indices {
      let value = values[index]
      let divisor = counts[min(index / columns, counts.count - 1)]
      let mean = divisor == 0 ? 1 : value / divisor
      guard value >= 0, value.isFinite, mean.isFinite else {
        throw InputError(
          file: file.path, location: "\(name)[\(index)]", found: "\(value)",
          expected: "a finite number of at least 0")
      }
      values[index] = mean
    }
    return values
  }
}
