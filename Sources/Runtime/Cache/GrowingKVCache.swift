import CleaveKernels
import CleaveStorage
import Glibc

/// A KV cache whose sequences take memory as they get longer, a tile of the softmax at a time, so that
/// the bytes of a sequence are known before they are taken: `KVCacheShape.bytes(positions:)`.
final class GrowingKVCache: KVCache {
  private let shape: KVCacheShape
  private let mayTake: MemoryGate
  private var slots: [Storage]

  /// The memory of one sequence.
  private struct Storage {
    /// Keys and values of each block, one after another: `[2 * blocks]`.
    var halves: [UnsafeMutableRawPointer?]
    var capacity = 0  // positions
  }

  /// - Parameters:
  ///   - slots: sequences at first; `addSlot` makes more.
  ///   - mayTake: asked before memory is taken.
  init(_ shape: KVCacheShape, slots: Int = 1, mayTake: @escaping MemoryGate = { _ in true }) {
    self.shape = shape
    self.mayTake = mayTake
    self.slots = []
    for _ in 0..<slots { addSlot() }
  }

  deinit { for slot in slots.indices { release(slot: slot) } }

  /// - Returns: the slot, which has no memory yet.
  @discardableResult
  func addSlot() -> Int {
    slots.append(Storage(halves: Array(repeating: nil, count: 2 * shape.blockCount)))
    return slots.count - 1
  }

  func reserve(_ count: Int, slot: Int) throws(InputError) {
    let wanted = KVCacheShape.wholeTiles(count)
    let (old, new) = (slots[slot].capacity, wanted)
    guard new > old else { return }
    for index in slots[slot].halves.indices {
      guard mayTake((new - old) * shape.positionBytes),
        let half = realloc(slots[slot].halves[index], new * shape.positionBytes)
      else { throw Self.noMemory(sequences: 1, positions: count) }
      memset(half + old * shape.positionBytes, 0, (new - old) * shape.positionBytes)
      slots[slot].halves[index] = half
    }
    slots[slot].capacity = wanted
  }

  func capacity(slot: Int) -> Int { slots[slot].capacity }

  func release(slot: Int) {
    for index in slots[slot].halves.indices {
      free(slots[slot].halves[index])
      slots[slot].halves[index] = nil
    }
    slots[slot].capacity = 0
  }

  func view(block: Int, slot: Int) -> ck_kv_cache {
    let halves = slots[slot].halves
    return shape.view(keys: halves[2 * block], values: halves[2 * block + 1])
  }
}

/// Whether a KV cache may take so many more bytes; false is as if the system had none.
package typealias MemoryGate = @Sendable (_ bytes: Int) -> Bool

extension KVCache {
  static func noMemory(sequences: Int, positions: Int) -> InputError {
    InputError(
      file: "KV cache", found: "\(sequences) sequences of \(positions) positions",
      expected: "what fits in memory", advice: "Ask for shorter sequences.")
  }
}
