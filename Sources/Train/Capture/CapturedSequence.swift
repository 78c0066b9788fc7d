/// One sequence as the teacher saw it.
public struct CapturedSequence: Equatable, Sendable {
  public var tokens: [Int32]  // [length]
  /// Tokens before the first that the model wrote itself.
  public var promptLength: Int
  /// Hidden states after each captured depth, widened from float16: `[length, hidden]` each.
  public var states: [[Float]]
  /// The teacher's k most probable tokens after `tokens[0 ... t]`, best first: `[length, k]`.
  public var topIDs: [Int32]
  public var topLogits: [Float]  // [length, k]
  /// Natural logarithm of the sum of exp of all the teacher's logits: `[length]`.
  public var logSumExp: [Float]

  public var length: Int { tokens.count }
}
