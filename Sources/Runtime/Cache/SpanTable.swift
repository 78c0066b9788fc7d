import CleaveKernels
import CleaveModel

/// The spans of a batch as the kernels take them. Filled once for a batch and turned to one
/// block after another; its memory is reused.
struct SpanTable {
  /// The number of columns that one thread takes at a time where several sequences share a batch. Short, so
  /// that threads end together; a multiple of `CK_KEY_TILE`, so that two threads seldom write to one.
  private static let longestPart = 16

  private(set) var spans: [ck_span] = []
  private var slots: [Int] = []
  /// The sequences of the batch, whole.
  private var sequences: [SequenceSpan] = []
  /// What a block with a state remembers of them.
  private(set) var states: [StateSpan] = []

  /// The end of the furthest position in the batch.
  private(set) var end = 0

  /// Takes over the spans of a batch. One span alone stays whole, because the kernels then share its
  /// heads out; several are cut in parts, each the work of a thread.
  mutating func fill(_ batch: some Collection<SequenceSpan>) {
    spans.removeAll(keepingCapacity: true)
    slots.removeAll(keepingCapacity: true)
    sequences.removeAll(keepingCapacity: true)
    end = 0
    for span in batch {
      precondition(span.position >= 0 && span.column >= 0 && span.count > 0)
      end = max(end, span.position + span.count)
      sequences.append(span)
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

  /// Points each span at its sequence's keys and values of this block, or at its state.
  mutating func turn(to block: Int, _ mixer: Mixer, of cache: some KVCache) {
    guard mixer == .attention else { return turnToStates(block, of: cache) }
    for index in spans.indices {
      let span = spans[index]
      precondition(span.first_position + span.columns <= cache.capacity(slot: slots[index]))
      spans[index].cache = cache.view(block: block, slot: slots[index])
    }
  }

  private mutating func turnToStates(_ block: Int, of cache: some KVCache) {
    states.removeAll(keepingCapacity: true)
    for span in sequences {
      guard let state = cache.state(block: block, slot: span.slot) else {
        preconditionFailure("a block without its state")
      }
      states.append(
        StateSpan(
          state: state, position: span.position, column: span.column, count: span.count))
    }
  }
}
