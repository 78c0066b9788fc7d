import CleaveModel
import CleaveStorage

/// New exits as far as a model's configuration decides them, without its weights: what each begins as, and the
/// records that follow from it. `ExitInitialization` adds the weights; a build checks its recipe with this before
/// there is an artifact.
package struct UntrainedExits {
  private let exits: [ExitRecord]
  private let configuration: ModelConfiguration
  /// The model, for error messages.
  private let file: String
  private let origins: TailOrigins

  /// - Parameters:
  ///   - exits: in rising depth.
  ///   - start: the blocks that tails begin as copies of.
  ///   - file: the model, for error messages.
  /// - Throws: `InputError` when the tails need more blocks than the model has to copy, and for an mlp in a model whose
  ///   blocks have no network like it.
  package init(
    _ exits: [ExitRecord], _ start: TailStart, _ configuration: ModelConfiguration, file: String
  ) throws {
    self.exits = exits
    self.configuration = configuration
    self.file = file
    if let exit = exits.first(where: { $0.body == .mlp }),
      let fault = configuration.block.perceptronFault
    {
      throw InputError(
        file: file, location: "exits",
        found: "the body mlp at depth \(exit.depth), of \(fault.found)",
        expected: "norm, affine or a tail: an mlp begins as a copy of \(fault.expected)")
    }
    origins = try TailOrigins(exits, start, configuration, file: file)
  }

  /// The block of the model whose attention the first block of the tail has. Nil for an exit without a
  /// tail, and where the model's blocks have all the same.
  func tailLike(of exit: ExitRecord) -> Int? {
    configuration.blocksDiffer && exit.body.tailBlocks > 0 ? origin(of: exit) : nil
  }

  /// The model's block that the first block of an exit's tail is a copy of, which is also the depth of the hidden
  /// states that it expects.
  func origin(of exit: ExitRecord) -> Int { block(0, ofTailAt: exit.depth) }

  /// The model's block that a block of a tail is a copy of.
  func block(_ index: Int, ofTailAt depth: Int) -> Int { origins.block(index, ofTailAt: depth) }

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
        file: file, location: "exits",
        found: "feedback for the body \(exit.body) at depth \(exit.depth)",
        expected: "a tail in the first exit, which reads the states that come back")
    }
    let depth = origin(of: exit)
    guard depth > exit.depth else {
      throw InputError(
        file: file, location: "exits",
        found: "feedback for a tail that begins as block \(depth)",
        expected: "a tail that begins deeper than its exit at \(exit.depth), up to which the edge "
          + "has the hidden states itself",
        advice: "Choose other blocks with --init.")
    }
    return ExitFeedback(depth: depth)
  }
}

extension BlockForm {
  /// What an mlp, a gated network behind a norm, cannot begin as a copy of; nil where it can.
  fileprivate var perceptronFault: (found: String, expected: String)? {
    if experts != nil { return ("a mixture of experts", "a feed-forward network") }
    if !preNorms {
      return ("blocks without a norm before their networks", "such a norm and its network")
    }
    if parallel == .sharedNorm {
      return ("blocks whose parts share a norm", "a norm and a network that are one part")
    }
    if !gated || feedForwardBias || normBias {
      return (
        "networks without a gate, or with biases", "a gated network without biases behind a norm"
      )
    }
    return nil
  }
}
