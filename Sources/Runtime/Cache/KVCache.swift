import CleaveKernels
import CleaveStorage

/// What the blocks of one stack remember of several sequences, each in a slot of its own: keys and values of every
/// position, or the state of a block that has one in their place.
///
/// There are two ways to store them: `GrowingKVCache` takes memory for each sequence as it gets longer,
/// `PooledKVCache` takes it for all slots at once.
protocol KVCache: AnyObject {
  /// Makes room for the positions `0 ..< count` in a slot. What is stored there stays.
  ///
  /// - Throws: `InputError` when there is no memory for them; the slot is as it was then.
  func reserve(_ count: Int, slot: Int) throws(InputError)

  /// The number of positions that a slot has room for: a multiple of `CK_SOFTMAX_TILE`.
  func capacity(slot: Int) -> Int

  /// Gives back the memory of a slot whose sequence has ended, where slots have memory of their own.
  func release(slot: Int)

  /// The keys and values of one block in a slot, as the kernels take them. Valid until the slot grows or
  /// is released, as long as the cache lives.
  ///
  /// - Parameter block: counted from the first of the stack.
  func view(block: Int, slot: Int) -> ck_kv_cache

  /// The state of one block in a slot that has room; nil for a block with attention.
  func state(block: Int, slot: Int) -> BlockState?
}

extension KVCache {
  /// Whether a sequence may go back to its first `position` positions: keys and values lead anywhere, a state only to
  /// where it was not long ago.
  func reaches(_ position: Int, slot: Int, blocks: Range<Int>) -> Bool {
    blocks.allSatisfy { state(block: $0, slot: slot)?.reaches(position) ?? true }
  }
}
