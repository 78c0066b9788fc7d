import CleaveKernels

/// KV caches of the sequences whose spans run in one batch.
protocol SpanCache {
  /// Positions that there is room for in a slot.
  func capacity(slot: Int) -> Int
  /// As the kernels take it. Valid while this lives.
  ///
  /// - Parameter block: counted from the first of the stack.
  func view(block: Int, slot: Int) -> ck_kv_cache
}
