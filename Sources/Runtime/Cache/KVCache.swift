import CleaveKernels
import CleaveModel

/// Keys and values of one block, in the layout of `ck_kv_cache`: keys interleaved by 16 positions.
struct BlockCache {
  private var keys: [UInt8] = []
  private var values: [UInt8] = []
  private let type: ck_type
  private let positionBytes: Int
  /// Positions there is room for: whole tiles of the softmax.
  private(set) var capacity = 0

  init(_ configuration: ModelConfiguration, _ numerics: Numerics) {
    type = numerics.cache == .f16 ? CK_F16 : CK_F32
    positionBytes = configuration.kvSize * ck_block_bytes(type)
  }

  /// Makes room for `positions`.
  mutating func cover(_ positions: Int) {
    let tile = Int(CK_SOFTMAX_TILE)
    let wanted = (positions + tile - 1) / tile * tile
    guard wanted > capacity else { return }
    let more = repeatElement(UInt8(0), count: (wanted - capacity) * positionBytes)
    keys.append(contentsOf: more)
    values.append(contentsOf: more)
    capacity = wanted
  }

  /// Lets a kernel work on the cache.
  mutating func withKernelView(
    _ configuration: ModelConfiguration, _ body: (UnsafePointer<ck_kv_cache>) -> Void
  ) {
    precondition(configuration.kvSize * ck_block_bytes(type) == positionBytes)
    keys.withUnsafeMutableBytes { keys in
      values.withUnsafeMutableBytes { values in
        var view = ck_kv_cache(
          type: type, keys: keys.baseAddress, values: values.baseAddress,
          kv_heads: configuration.kvHeadCount, head_dim: configuration.headDimension)
        body(&view)
      }
    }
  }
}

/// The KV cache of a run of blocks. Grows with the positions it holds or is told to expect, not with the
/// context limit.
struct KVCache {
  var blocks: [BlockCache]
  /// Positions that all the blocks hold.
  var positions = 0

  init(_ configuration: ModelConfiguration, _ numerics: Numerics, blockCount: Int) {
    blocks = Array(repeating: BlockCache(configuration, numerics), count: blockCount)
  }

  /// Makes room for `positions` in every block.
  mutating func cover(_ positions: Int) {
    for index in blocks.indices { blocks[index].cover(positions) }
  }
}
