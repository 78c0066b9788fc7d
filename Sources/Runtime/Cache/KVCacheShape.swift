import CleaveKernels
import CleaveModel

/// The dimensions of a KV cache, and the bytes that follow from them.
struct KVCacheShape: Sendable {
  let blockCount: Int
  /// Bytes of one position's keys in one block; its values take as many.
  let positionBytes: Int
  private let type: ck_type
  private let kvHeadCount: Int
  private let headDimension: Int

  init(_ configuration: ModelConfiguration, _ numerics: Numerics, blockCount: Int) {
    precondition(blockCount > 0)
    self.blockCount = blockCount
    type = numerics.cache == .f16 ? CK_F16 : CK_F32
    kvHeadCount = configuration.kvHeadCount
    headDimension = configuration.headDimension
    positionBytes = configuration.kvSize * ck_block_bytes(type)
  }

  /// Bytes of the keys and values of all blocks for one sequence of this many positions.
  func bytes(positions: Int) -> Int {
    2 * blockCount * positionBytes * Self.wholeTiles(positions)
  }

  /// The number of positions rounded up to whole tiles of the softmax, which the kernels read whole.
  static func wholeTiles(_ positions: Int) -> Int {
    let tile = Int(CK_SOFTMAX_TILE)
    return (positions + tile - 1) / tile * tile
  }

  /// The keys and values of one block as the kernels take them.
  func view(keys: UnsafeMutableRawPointer?, values: UnsafeMutableRawPointer?) -> ck_kv_cache {
    ck_kv_cache(
      type: type, keys: keys, values: values, kv_heads: kvHeadCount, head_dim: headDimension)
  }
}
