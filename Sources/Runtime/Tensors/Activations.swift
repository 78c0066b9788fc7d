import CleaveKernels

/// The input vectors of matrix products: as floats, and where the engine computes in integers also rounded.
struct Activations {
  /// `[columns, width]`.
  var values: [Float] = []
  /// `[columns, width / 32]`; empty when products are in float32.
  private(set) var blocks: [ck_activations] = []
  let width: Int
  private let hasBlocks: Bool

  init(width: Int, numerics: Numerics) {
    self.width = width
    // A width that is no multiple of 32 has no quantized weights to meet.
    hasBlocks = numerics.activations == .int8 && width % Int(CK_BLOCK) == 0
  }

  /// Makes room for this many columns.
  mutating func grow(columns: Int) {
    values.grow(to: columns * width)
    guard hasBlocks else { return }
    let missing = columns * (width / Int(CK_BLOCK)) - blocks.count
    if missing > 0 { blocks.append(contentsOf: repeatElement(ck_activations(), count: missing)) }
  }

  /// Fills the first `count` columns with the norm of as many rows of `states`, from row `first` on.
  mutating func normalize(
    _ states: [Float], first: Int = 0, count: Int, _ norm: Norm, pool: ThreadPool
  ) {
    precondition(
      norm.weight.count == width && first >= 0 && (first + count) * width <= states.count)
    write(columns: count) { [width] values, blocks in
      states.withUnsafeBufferPointer {
        norm.apply(
          $0.baseAddress! + first * width, rows: count, into: values, blocks: blocks, pool: pool)
      }
    }
  }

  /// Copies `count` rows of `states`, from row `first` on.
  mutating func copy(_ states: [Float], first: Int = 0, count: Int, pool: ThreadPool) {
    precondition(first >= 0 && (first + count) * width <= states.count)
    write(columns: count) { [width] values, _ in
      states.withUnsafeBufferPointer {
        values.update(from: $0.baseAddress! + first * width, count: count * width)
      }
    }
    quantize(count: count, pool: pool)
  }

  /// Rounds the first `count` columns of `values` to integers again.
  mutating func quantize(count: Int, pool: ThreadPool) {
    write(columns: count) { [width] values, blocks in
      if let blocks { ck_quantize_activations(pool.handle, values, width, count, blocks) }
    }
  }

  /// Lets a kernel write the floats and the integers of the first `columns` columns.
  mutating func write(
    columns: Int,
    _ body: (UnsafeMutablePointer<Float>, UnsafeMutablePointer<ck_activations>?) -> Void
  ) {
    precondition(columns * width <= values.count)
    precondition(!hasBlocks || columns * width <= blocks.count * Int(CK_BLOCK))
    let hasBlocks = hasBlocks
    values.withUnsafeMutableBufferPointer { values in
      blocks.withUnsafeMutableBufferPointer { blocks in
        body(values.baseAddress!, hasBlocks ? blocks.baseAddress : nil)
      }
    }
  }

  /// Lets a kernel read the floats and the integers of the first `columns` columns.
  func read(columns: Int, _ body: (UnsafePointer<ck_input>) -> Void) {
    precondition(columns * width <= values.count)
    precondition(!hasBlocks || columns * width <= blocks.count * Int(CK_BLOCK))
    values.withUnsafeBufferPointer { values in
      blocks.withUnsafeBufferPointer { blocks in
        var input = ck_input(
          values: values.baseAddress, blocks: hasBlocks ? blocks.baseAddress : nil, k: width,
          columns: columns)
        body(&input)
      }
    }
  }
}
