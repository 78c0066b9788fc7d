/// Blocks whose queries see the last positions only.
package struct SlidingWindow: Equatable, Sendable {
  /// Positions that a query sees, its own among them.
  package var size: Int
  /// The blocks with a window, in rising order, counted from 0.
  package var blocks: [Int]
  /// The rotary embedding of these blocks where it differs from that of the blocks that see everything.
  package var rope: RoPE?

  package init(size: Int, blocks: [Int], rope: RoPE? = nil) {
    self.size = size
    self.blocks = blocks
    self.rope = rope
  }
}
