import CleaveModel

/// Keys and values of one block: `[positions, kvHeads * headDimension]` each, float32.
struct BlockCache {
  var keys: [Float] = []
  var values: [Float] = []

  /// Makes room for `count` more positions of `width` each.
  mutating func extend(by count: Int, width: Int) {
    keys.append(contentsOf: repeatElement(0, count: count * width))
    values.append(contentsOf: repeatElement(0, count: count * width))
  }
}

/// The KV cache of a run of blocks. Grows with the positions it holds, not with the context limit.
struct KVCache {
  var blocks: [BlockCache]
  /// Positions that all the blocks hold.
  var positions = 0

  init(blockCount: Int) {
    blocks = Array(repeating: BlockCache(), count: blockCount)
  }
}
