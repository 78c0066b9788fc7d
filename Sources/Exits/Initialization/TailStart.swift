/// The blocks of the model that a new tail begins as copies of. In a chain of exits that continue from one
/// another, all tails together begin as these blocks, in order.
package enum TailStart: String, CaseIterable, Sendable {
  /// The model's last blocks, whose output is what the final norm and the unembedding expect.
  case last
  /// The blocks that follow the hidden state which the tail, or the first tail of the chain, reads.
  case next
}
