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
  /// The place of each block among those with attention.
  private let place: [Int]
  private let positions: Int  // of each slot, whole tiles of the softmax
  /// Keys and values: `[blocks with attention, slots, 2]` halves of `positions * shape.positionBytes` bytes.
  private let base: UnsafeMutableRawPointer
  /// The states of the blocks that have one: `[blocks, slots]`.
  private let states: [BlockState?]

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
    for factor in [shape.positionBytes, 2 * shape.attentionCount, slots] where !bytes.overflow {
      bytes = bytes.partialValue.multipliedReportingOverflow(by: factor)
    }
    let noMemory = Self.noMemory(sequences: slots, positions: positions)
    var states: [BlockState?] = []
    for memory in shape.states {
      for _ in 0..<slots {
        let state = memory.flatMap(BlockState.init)
        guard memory == nil || state != nil else { throw noMemory }
        states.append(state)
      }
    }
    guard !bytes.overflow, let base = calloc(max(1, bytes.partialValue), 1) else { throw noMemory }
    self.base = base
    self.states = states
    var places = 0
    place = shape.states.map { memory in
      defer { places += memory == nil ? 1 : 0 }
      return places
    }
  }

  deinit { free(base) }

  /// The number of sequences worth running side by side.
  ///
  /// - Parameters:
  ///   - kinds: of the blocks, over all the caches that a sequence has.
  ///   - positions: the most positions of a sequence.
  static func affordableSlots(
    _ configuration: ModelConfiguration, _ numerics: Numerics, kinds: [AttentionKind],
    positions: Int
  ) -> Int {
    let shape = KVCacheShape(configuration, numerics, kinds: kinds)
    let bytes = 2 * shape.attentionCount * shape.positionBytes * positions + shape.stateBytes
    return ModelConfiguration.textsSideBySide(bytes: bytes)
  }

  func reserve(_ count: Int, slot: Int) {
    precondition(count <= positions, "\(count) positions in a pool of \(positions)")
  }

  func capacity(slot: Int) -> Int { positions }

  func release(slot: Int) {}

  func view(block: Int, slot: Int) -> ck_kv_cache {
    let halfBytes = positions * shape.positionBytes
    let keys = base + 2 * (place[block] * slotCount + slot) * halfBytes
    return shape.view(keys: keys, values: keys + halfBytes)
  }

  func state(block: Int, slot: Int) -> BlockState? { states[block * slotCount + slot] }
}
