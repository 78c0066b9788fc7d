/// One sequence with the teacher's hidden states and predictions.
package struct CapturedSequence: Equatable, Sendable {
  package var tokens: [Int32]  // [length]
  /// The number of tokens before the first that the model generated.
  package var promptLength: Int
  /// Hidden states after each captured depth, widened from float16: `[length, hidden]` each.
  package var states: [[Float]]
  /// The teacher's k most probable tokens after `tokens[0 ... t]`, best first: `[length, k]`.
  package var topIDs: [Int32]
  package var topLogits: [Float]  // [length, k]
  /// The natural logarithm of the sum of exp of all the teacher's logits: `[length]`.
  package var logSumExp: [Float]

  package var length: Int { tokens.count }
}
