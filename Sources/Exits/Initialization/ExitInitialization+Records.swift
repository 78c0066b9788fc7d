import CleaveModel
import CleaveStorage

extension ExitInitialization {
  /// The records of the exits with what follows from the blocks that their tails begin as: the kinds of their
  /// attention, the blocks copied, and the depth of the hidden states that the cloud sends back.
  ///
  /// - Parameter feedback: whether the first exit gets hidden states back from the cloud.
  /// - Throws: `InputError` for feedback without a tail, and of hidden states that the edge has itself.
  package func records(feedback: Bool) throws -> [ExitRecord] {
    try exits.enumerated().map { index, exit in
      var exit = exit
      exit.tailLike = tailLike(of: exit)
      if feedback, index == 0 { exit.feedback = try self.feedback(for: exit) }
      if exit.body.map != nil || exit.feedback != nil { exit.copies = origin(of: exit) }
      return exit
    }
  }

  private func feedback(for exit: ExitRecord) throws -> ExitFeedback {
    guard exit.body.tailBlocks > 0 else {
      throw InputError(
        file: artifact.path, location: "exits",
        found: "feedback for the body \(exit.body) at depth \(exit.depth)",
        expected: "a tail in the first exit, which reads the states that come back")
    }
    let depth = origin(of: exit)
    guard depth > exit.depth else {
      throw InputError(
        file: artifact.path, location: "exits",
        found: "feedback for a tail that begins as block \(depth)",
        expected: "a tail that begins deeper than its exit at \(exit.depth), up to which the edge "
          + "has the hidden states itself",
        advice: "Choose other blocks with --init.")
    }
    return ExitFeedback(depth: depth)
  }
}
