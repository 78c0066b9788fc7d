import CleaveKernels
import CleaveModel
import Glibc

/// The KV cache of one session in the cloud. It grows in place as the session does, a tile of the softmax at
/// a time, so that what it takes is known before it is taken.
final class SessionCache {
  private let configuration: ModelConfiguration
  private let type: ck_type
  /// Of one position in the keys of one block.
  private let positionBytes: Int
  /// Keys and values of each block, one after another: `[2 * blocks]`.
  private var halves: [UnsafeMutableRawPointer?]
  private(set) var capacity = 0

  init(_ configuration: ModelConfiguration, _ numerics: Numerics, blockCount: Int) {
    self.configuration = configuration
    type = numerics.cache == .f16 ? CK_F16 : CK_F32
    positionBytes = configuration.kvSize * ck_block_bytes(type)
    halves = Array(repeating: nil, count: 2 * blockCount)
  }

  deinit { for half in halves { free(half) } }

  /// Bytes for so many positions.
  static func bytes(
    _ configuration: ModelConfiguration, _ numerics: Numerics, blockCount: Int, positions: Int
  ) -> Int {
    BatchCache.slotBytes(
      configuration, numerics, blockCount: blockCount, positions: roundUp(positions))
  }

  /// Makes room for `positions`.
  func cover(_ positions: Int) {
    let wanted = Self.roundUp(positions)
    guard wanted > capacity else { return }
    let (old, new) = (capacity * positionBytes, wanted * positionBytes)
    for index in halves.indices {
      guard let half = realloc(halves[index], new) else {
        fatalError("no memory for \(new) bytes of a KV cache")
      }
      memset(half + old, 0, new - old)
      halves[index] = half
    }
    capacity = wanted
  }

  /// As the kernels take it. Valid while this lives and does not grow.
  func view(block: Int) -> ck_kv_cache {
    ck_kv_cache(
      type: type, keys: halves[2 * block], values: halves[2 * block + 1],
      kv_heads: configuration.kvHeadCount, head_dim: configuration.headDimension)
  }

  private static func roundUp(_ positions: Int) -> Int {
    let tile = Int(CK_SOFTMAX_TILE)
    return (positions + tile - 1) / tile * tile
  }
}

/// Those of the sessions in one pass, by their places in it.
struct SessionCaches: SpanCache {
  let caches: [SessionCache]

  func capacity(slot: Int) -> Int { caches[slot].capacity }
  func view(block: Int, slot: Int) -> ck_kv_cache { caches[slot].view(block: block) }
}
