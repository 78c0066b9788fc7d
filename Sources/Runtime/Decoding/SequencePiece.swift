/// The next tokens of the sequence in a slot.
package struct SequencePiece {
  package let slot: Int
  package let tokens: ArraySlice<Int>
  /// The index of the prompt that the sequence began with, where many are scheduled.
  package let prompt: Int

  package init(slot: Int, tokens: ArraySlice<Int>, prompt: Int = 0) {
    self.slot = slot
    self.tokens = tokens
    self.prompt = prompt
  }
}
