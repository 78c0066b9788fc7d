import CleaveKernels
import CleaveModel
import CleaveStorage
import Glibc

/// A KV cache of several sequences that has room for equally many positions of each from the beginning.
/// The system gives memory its pages as they are first written, so positions that are never stored cost
/// nothing.
final class PooledKVCache: KVCache {
  private let shape: KVCacheShape
  private let slotCount: Int
  private let positions: Int  // of each slot, whole tiles of the softmax
  /// Keys and values: `[blocks, slots, 2, positions, kvHeads * headDimension]`.
  private let base: UnsafeMutableRawPointer

  /// - Parameters:
  ///   - slots: the number of sequences.
  ///   - positions: the most positions of a sequence.
  /// - Throws: `InputError` when there is no memory for it.
  init(_ shape: KVCacheShape, slots: Int, positions: Int) throws(InputError) {
    precondition(slots > 0 && positions > 0)
    self.shape = shape
    slotCount = slots
    self.positions = KVCacheShape.wholeTiles(positions)
    var bytes = (partialValue: self.positions, overflow: false)
    for factor in [shape.positionBytes, 2 * shape.blockCount, slots] where !bytes.overflow {
      bytes = bytes.partialValue.multipliedReportingOverflow(by: factor)
    }
    guard !bytes.overflow, let base = calloc(bytes.partialValue, 1) else {
      throw Self.noMemory(sequences: slots, positions: positions)
    }
    self.base = base
  }

  deinit { free(base) }

  /// The number of sequences worth running side by side: as many as 512 MiB hold, at most 48.
  ///
  /// - Parameters:
  ///   - blockCount: the number of blocks, over all the caches that a sequence has.
  ///   - positions: the most positions of a sequence.
  static func affordableSlots(
    _ configuration: ModelConfiguration, _ numerics: Numerics, blockCount: Int, positions: Int
  ) -> Int {
    let shape = KVCacheShape(configuration, numerics, blockCount: blockCount)
    let bytes = 2 * blockCount * shape.positionBytes * positions
    return max(1, min(48, (1 << 29) / max(1, bytes)))
  }

  func reserve(_ count: Int, slot: Int) {
    precondition(count <= positions, "\(count) positions in a pool of \(positions)")
  }

  func capacity(slot: Int) -> Int { positions }

  func release(slot: Int) {}

  func view(block: Int, slot: Int) -> ck_kv_cache {
    let halfBytes = positions * shape.positionBytes
    let keys = base + 2 * (block * slotCount + slot) * halfBytes
    return shape.view(keys: keys, values: keys + halfBytes)
  }
}
