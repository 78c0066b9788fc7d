import CleaveKernels
import CleaveModel

/// The dimensions of what blocks remember of a sequence, and the bytes that follow from them: keys and values of every
/// position, or a state.
struct KVCacheShape: Sendable {
  /// What each block with a state keeps; nil for one with attention.
  let states: [StateMemory?]
  /// Bytes of one position's keys in one block with attention; its values take as many.
  let positionBytes: Int
  private let type: ck_type
  private let kvHeadCount: Int
  private let headDimension: Int

  /// - Parameters:
  ///   - kinds: of the blocks.
  ///   - reach: positions that a sequence can always go back; 0 for one that only goes on, or begins again.
  init(
    _ configuration: ModelConfiguration, _ numerics: Numerics, kinds: [AttentionKind],
    reach: Int = 0
  ) {
    precondition(!kinds.isEmpty && reach >= 0)
    states = kinds.map { configuration.stateMemory($0.mixer, reach: reach) }
    type = numerics.cache.type
    kvHeadCount = configuration.kvHeadCount
    headDimension = configuration.headDimension
    positionBytes = ck_kv_position_bytes(type, kvHeadCount, headDimension)
  }

  var blockCount: Int { states.count }
  /// The number of blocks that keep keys and values.
  var attentionCount: Int { states.count { $0 == nil } }
  /// Bytes of the states of a sequence, however long it is.
  var stateBytes: Int { states.reduce(0) { $0 + ($1?.bytes ?? 0) } }

  /// Bytes that all blocks keep of one sequence of this many positions.
  func bytes(positions: Int) -> Int {
    2 * attentionCount * positionBytes * Self.wholeTiles(positions)
      + (positions > 0 ? stateBytes : 0)
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

extension Numerics.Cache {
  fileprivate var type: ck_type {
    switch self {
    case .f16: CK_F16
    case .f32: CK_F32
    case .q8_0: CK_Q8_0
    }
  }
}
