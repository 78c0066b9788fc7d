/// The number of contents in a source, and of those among them that had a part in the training of exits.
package struct KnownContents: Equatable, Sendable {
  package let contents: Int
  /// The number that the exits were trained on.
  package let trained: Int
  /// The number held out of training, by which it was stopped and temperatures were fitted.
  package let heldOut: Int

  package init(contents: Int, trained: Int, heldOut: Int) {
    self.contents = contents
    self.trained = trained
    self.heldOut = heldOut
  }
}
