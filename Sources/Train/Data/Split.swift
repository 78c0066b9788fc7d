import CleavePrompts
import CleaveStorage

/// The side of the data that a text is on: trained on, or held out for measuring.
package enum Split: String, Sendable, CaseIterable {
  case train
  case heldOut = "held_out"

  /// The split of a text. Its content and the seed alone decide, so that a text is never on both sides,
  /// whatever else is in the data.
  ///
  /// - Parameter oneIn: one text in this many is held out, on average.
  package init(of content: ContentDigest, seed: UInt64, oneIn: Int) {
    self = content.draw(seed: seed, for: "split") % UInt64(oneIn) == 0 ? .heldOut : .train
  }
}
