/// The part of a block in which a position reads those before it.
package enum Mixer: CaseIterable, Equatable, Sendable {
  case attention
  /// A gated convolution over the last positions.
  case convolution
  /// A gated DeltaNet: a state that every position changes.
  case deltaNet
}

/// Blocks with a gated short convolution in place of attention (LFM2).
package struct ShortConvolution: Equatable, Sendable {
  /// Positions that an output reads, its own among them.
  package var kernel: Int
  /// The blocks, in rising order, counted from 0.
  package var blocks: [Int]

  package init(kernel: Int, blocks: [Int]) {
    self.kernel = kernel
    self.blocks = blocks
  }
}

/// Blocks with a gated DeltaNet in place of attention (Yang et al., arXiv 2412.06464).
package struct DeltaNet: Equatable, Sendable {
  /// Heads of queries and keys; divides `valueHeads`.
  package var keyHeads: Int
  /// Heads of values, each with a state of its own.
  package var valueHeads: Int
  package var keyDimension: Int
  package var valueDimension: Int
  /// Positions that the convolution of queries, keys and values reads, its own among them.
  package var kernel: Int
  /// The blocks, in rising order, counted from 0.
  package var blocks: [Int]

  package init(
    keyHeads: Int, valueHeads: Int, keyDimension: Int, valueDimension: Int, kernel: Int,
    blocks: [Int]
  ) {
    self.keyHeads = keyHeads
    self.valueHeads = valueHeads
    self.keyDimension = keyDimension
    self.valueDimension = valueDimension
    self.kernel = kernel
    self.blocks = blocks
  }

  /// Width of all query heads together; the same for the keys.
  package var keySize: Int { keyHeads * keyDimension }
  /// Width of all value heads together.
  package var valueSize: Int { valueHeads * valueDimension }
  /// Width of queries, keys and values together, which the convolution runs over.
  package var mixedSize: Int { 2 * keySize + valueSize }
  /// Numbers of the states of all heads.
  package var stateSize: Int { valueHeads * keyDimension * valueDimension }
}
