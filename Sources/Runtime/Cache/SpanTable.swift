import CleaveKernels

/// The spans of a batch as the attention kernels take them. Filled once for a batch and turned to one
/// block after another; its memory is reused.
struct SpanTable {
  /// The number of columns that one thread takes at a time where several sequences share a batch. Short, so
  /// that threads end together; a multiple of `CK_KEY_TILE`, so that two threads seldom write to one.
  private static let longestPart = 16

  private(set) var spans: [ck_span] = []
  private var slots: [Int] = []

  /// The end of the furthest position in the batch.
  private(set) var end = 0

  /// Takes over the spans of a batch. One span alone stays whole, because the kernels then share its
  /// heads out; several are cut in parts, each the work of a thread.
  mutating func fill(_ batch: some Collection<SequenceSpan>) {
    spans.removeAll(keepingCapacity: true)
    slots.removeAll(keepingCapacity: true)
    end = 0
    for span in batch {
      precondition(span.position >= 0 && span.column >= 0 && span.count > 0)
      end = max(end, span.position + span.count)
      let longest = batch.count == 1 ? span.count : Self.longestPart
      for first in stride(from: 0, to: span.count, by: longest) {
        slots.append(span.slot)
        spans.append(
          ck_span(
            cache: ck_kv_cache(), first_position: span.position + first,
            column: span.column + first, columns: min(longest, span.count - first)))
      }
    }
  }

  /// Points each span at its sequence's keys and values of this block.
  mutating func turn(to block: Int, of cache: some KVCache) {
    for index in spans.indices {
      let span = spans[index]
      precondition(span.first_position + span.columns <= cache.capacity(slot: slots[index]))
      spans[index].cache = cache.view(block: block, slot: slots[index])
    }
  }
}
