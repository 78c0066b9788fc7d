import CleaveStorage

/// The groups of columns that share a scale.
struct ColumnGroups: Sendable {
  /// Columns next to one another that belong to one group.
  struct Run: Sendable {
    let columns: Range<Int>
    let group: Int
  }

  let columns: Int
  /// The number of groups.
  let count: Int
  let runs: [Run]
  /// The groups that meet in each block of 32 columns; empty if rows are not whole blocks.
  let ofBlocks: [[Int]]

  /// Groups of `size` columns each; the last may be shorter.
  init(columns: Int, size: Int) {
    self.init(
      columns: columns, count: (columns + size - 1) / size,
      runs: stride(from: 0, to: columns, by: size).map {
        Run(columns: $0..<min($0 + size, columns), group: $0 / size)
      })
  }

  /// The group of each column by itself, as in act-order GPTQ.
  ///
  /// - Throws: `InputError` for a group of `part` that is not below `count`.
  init(_ part: QuantizedPart, _ groups: [Int], count: Int) throws {
    if let column = groups.firstIndex(where: { !(0..<count).contains($0) }) {
      throw InputError(
        file: part.path, location: "\(part.name)[\(column)]", found: "group \(groups[column])",
        expected: "from 0 to \(count - 1)")
    }
    var runs: [Run] = []
    var start = 0
    for column in groups.indices
    where column + 1 == groups.count || groups[column + 1] != groups[column] {
      runs.append(Run(columns: start..<column + 1, group: groups[column]))
      start = column + 1
    }
    self.init(columns: groups.count, count: count, runs: runs)
  }

  private init(columns: Int, count: Int, runs: [Run]) {
    self.columns = columns
    self.count = count
    self.runs = runs
    let size = GroupedCodes.blockElements
    guard columns % size == 0 else {
      ofBlocks = []
      return
    }
    var blocks = [[Int]](repeating: [], count: columns / size)
    for run in runs {
      for block in run.columns.lowerBound / size...(run.columns.upperBound - 1) / size {
        blocks[block].append(run.group)
      }
    }
    ofBlocks = blocks
  }
}
