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
    /// The state of each block that has one, while the slot has room: `[blocks]`.
    var states: [BlockState?]
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
    slots.append(
      Storage(
        halves: Array(repeating: nil, count: 2 * shape.blockCount),
        states: Array(repeating: nil, count: shape.blockCount)))
    return slots.count - 1
  }

  func reserve(_ count: Int, slot: Int) throws(InputError) {
    let wanted = KVCacheShape.wholeTiles(count)
    let (old, new) = (slots[slot].capacity, wanted)
    guard new > old else { return }
    try makeStates(slot, positions: count)
    for index in slots[slot].halves.indices where shape.states[index / 2] == nil {
      guard mayTake((new - old) * shape.positionBytes),
        let half = realloc(slots[slot].halves[index], new * shape.positionBytes)
      else { throw Self.noMemory(sequences: 1, positions: count) }
      memset(half + old * shape.positionBytes, 0, (new - old) * shape.positionBytes)
      slots[slot].halves[index] = half
    }
    slots[slot].capacity = wanted
  }

  private func makeStates(_ slot: Int, positions: Int) throws(InputError) {
    for (block, memory) in shape.states.enumerated() {
      guard let memory, slots[slot].states[block] == nil else { continue }
      guard mayTake(memory.bytes), let state = BlockState(memory) else {
        throw Self.noMemory(sequences: 1, positions: positions)
      }
      slots[slot].states[block] = state
    }
  }

  func capacity(slot: Int) -> Int { slots[slot].capacity }

  func release(slot: Int) {
    for index in slots[slot].halves.indices {
      free(slots[slot].halves[index])
      slots[slot].halves[index] = nil
    }
    for block in slots[slot].states.indices { slots[slot].states[block] = nil }
    slots[slot].capacity = 0
  }

  func state(block: Int, slot: Int) -> BlockState? { slots[slot].states[block] }

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
