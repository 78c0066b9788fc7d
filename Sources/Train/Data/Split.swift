import CleavePrompts
import CleaveStorage

/// Whether a text is learnt from or only judged on.
package enum Split: String, Sendable, CaseIterable {
  case train
  case heldOut = "held_out"

  /// The content and the seed alone decide: the same text is never on both sides, whatever else is in
  /// the data.
  ///
  /// - Parameter oneIn: one text in so many is held out, on average.
  package init(of content: ContentDigest, seed: UInt64, oneIn: Int) {
    self = content.draw(seed: seed, for: "split") % UInt64(oneIn) == 0 ? .heldOut : .train
  }
}
