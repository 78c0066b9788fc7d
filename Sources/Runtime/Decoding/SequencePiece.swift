/// The next tokens of the sequence in a slot.
package struct SequencePiece {
  package let slot: Int
  package let tokens: ArraySlice<Int>

  package init(slot: Int, tokens: ArraySlice<Int>) {
    self.slot = slot
    self.tokens = tokens
  }
}
