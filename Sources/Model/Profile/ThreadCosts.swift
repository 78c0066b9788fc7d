import CleaveStorage

/// The measured costs of computing with so many threads.
package struct ThreadCosts: Sendable, Equatable {
  package var threads: Int
  /// The products of matrices of each type that was measured, read from memory and not from a cache.
  package var products: [TensorType: ProductTable]
  /// Seconds of attention for each query position, cached position and number of a query (heads x head dimension).
  package var attention: Double
  /// Seconds for each number that norms, rotary embeddings and the rounding of activations write.
  package var value: Double
  /// Seconds for each logit that is turned into a probability and searched.
  package var logit: Double
  /// Seconds of a block that do not depend on its size: starting and joining threads.
  package var block: Double

  package init(
    threads: Int, products: [TensorType: ProductTable], attention: Double, value: Double,
    logit: Double, block: Double
  ) {
    self.threads = threads
    self.products = products
    self.attention = attention
    self.value = value
    self.logit = logit
    self.block = block
  }
}
