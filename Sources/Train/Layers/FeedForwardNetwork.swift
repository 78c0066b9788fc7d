/// The network of a feed-forward part. Conforming types have a backward pass.
protocol FeedForwardNetwork {
  /// Stores the result for x, or adds it.
  ///
  /// - Parameters:
  ///   - x: `[rows, hidden]`; must stay unchanged until `backward`.
  ///   - output: `[rows, hidden]`.
  func forward(_ x: MatrixView, into output: MatrixView, adding: Bool, _ work: BatchContext)
  /// Adds to the gradients of the parameters.
  ///
  /// - Parameters:
  ///   - x: as in the forward pass.
  ///   - gradient: that of the last rows of the result, `[last rows, hidden]`.
  ///   - dx: receives that of the last rows of x.
  func backward(
    _ x: MatrixView, _ gradient: MatrixView, into dx: MatrixView, _ work: BatchContext)
}
