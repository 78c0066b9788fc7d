/// The largest logits of several positions.
package struct TopLogits {
  package let k: Int
  /// Token ids by falling logit, lower ids first among equals: `[rows, k]`.
  package var ids: [UInt32] = []
  package var logits: [Float] = []  // [rows, k]
  /// Natural logarithm of the sum of exp of all logits: `[rows]`.
  package var logSumExp: [Float] = []
}
