import CleaveKernels
import CleaveModel
import CleaveStorage
import Glibc

/// KV caches of several sequences that run side by side, each in a slot with room for as many
/// positions. Memory that no position was stored in is never touched.
final class BatchCache: SpanCache {
  let slots: Int
  /// Of each slot, in positions: whole tiles of the softmax.
  let capacity: Int
  private let configuration: ModelConfiguration
  private let type: ck_type
  private let base: UnsafeMutableRawPointer
  /// Keys of one slot of one block, and its values.
  private let halfBytes: Int

  /// - Throws: `InputError` when there is no memory for it.
  init(
    _ configuration: ModelConfiguration, _ numerics: Numerics, blockCount: Int, slots: Int,
    positions: Int
  ) throws {
    precondition(slots > 0 && positions > 0 && blockCount > 0)
    self.slots = slots
    self.configuration = configuration
    type = numerics.cache == .f16 ? CK_F16 : CK_F32
    let tile = Int(CK_SOFTMAX_TILE)
    capacity = (positions + tile - 1) / tile * tile
    let factors = [configuration.kvSize, ck_block_bytes(type), 2 * blockCount, slots]
    var bytes = (partialValue: capacity, overflow: false)
    for factor in factors where !bytes.overflow {
      bytes = bytes.partialValue.multipliedReportingOverflow(by: factor)
    }
    guard !bytes.overflow, let base = calloc(bytes.partialValue, 1) else {
      throw InputError(
        file: "KV cache", found: "\(slots) sequences of \(positions) positions",
        expected: "what fits in memory", advice: "Ask for shorter sequences.")
    }
    self.base = base
    halfBytes = capacity * configuration.kvSize * ck_block_bytes(type)
  }

  deinit { free(base) }

  /// Bytes that a slot takes for so many positions.
  static func slotBytes(
    _ configuration: ModelConfiguration, _ numerics: Numerics, blockCount: Int, positions: Int
  ) -> Int {
    let element = numerics.cache == .f16 ? 2 : 4
    return 2 * blockCount * configuration.kvSize * element * positions
  }

  func capacity(slot: Int) -> Int { capacity }

  func view(block: Int, slot: Int) -> ck_kv_cache {
    let start = base + 2 * (block * slots + slot) * halfBytes
    return ck_kv_cache(
      type: type, keys: start, values: start + halfBytes,
      kv_heads: configuration.kvHeadCount, head_dim: configuration.headDimension)
  }
}
