import CleaveStorage

/// The scales of a matrix, one for each tile of rows and columns: a scale per tensor, per row, per
/// group of columns or per block of both.
struct ScaleGrid: Sendable {
  private let part: QuantizedPart
  /// The rows and columns of a tile.
  let tile: (rows: Int, columns: Int)
  /// The number of tiles in a row.
  let columns: Int

  /// Takes the scales of a matrix of `shape`.
  ///
  /// - Parameter tile: the size of a tile; nil if the part's shape says whether there is a scale
  ///   per tensor or per row.
  init(_ part: QuantizedPart, of shape: (rows: Int, columns: Int), tile: (rows: Int, columns: Int)?)
    throws
  {
    self.part = part
    if let tile {
      let grid = [
        (shape.rows + tile.rows - 1) / tile.rows, (shape.columns + tile.columns - 1) / tile.columns,
      ]
      try part.require(
        shape: grid, because: "for tiles of \(tile.rows) x \(tile.columns) weights")
      self.tile = tile
      columns = grid[1]
      return
    }
    columns = 1
    if part.count == 1, part.shape.count <= 2 {
      self.tile = shape
    } else {
      try part.require(
        shape: [shape.rows, 1], [shape.rows], because: "a scale for each row, or one for all")
      self.tile = (1, shape.columns)
    }
  }

  /// The scales of some rows: `[rows, columns]`.
  func scales(_ rows: Range<Int>) throws -> [Float] {
    let tiles = rows.lowerBound / tile.rows...(rows.upperBound - 1) / tile.rows
    let values = try part.finite(tiles.lowerBound * columns..<(tiles.upperBound + 1) * columns)
    guard tile.rows > 1 else { return values }
    return rows.flatMap { row in
      let start = (row / tile.rows - tiles.lowerBound) * columns
      return values[start..<start + columns]
    }
  }
}
