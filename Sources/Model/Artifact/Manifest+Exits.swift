import CleaveStorage

extension Manifest {
  /// Checks that these exits are possible, one after another, in a model of this configuration.
  package func validateExits(file: String) throws {
    func refuse(_ found: String, _ expected: String, at index: Int? = nil) -> InputError {
      let location = index.map { "exits[\($0)]" } ?? "exits"
      return InputError(file: file, location: location, found: found, expected: expected)
    }
    let depths = exits.map(\.depth)
    guard zip(depths, depths.dropFirst()).allSatisfy(<) else {
      throw refuse("depths \(depths)", "rising depths, each once")
    }
    for fault in depths.compactMap(configuration.cutFault(at:)) {
      throw refuse(fault.found, fault.refusal)
    }
    if let first = exits.first, first.reads != .model {
      throw refuse("a first exit that reads \(first.reads.rawValue)", "one that reads model", at: 0)
    }
    if let second = exits.indices.filter({ exits[$0].feedback != nil }).dropFirst().first {
      throw refuse("a second exit with feedback", "at most one in a model", at: second)
    }
    // Before lists are made of their blocks and tensors, for each exit.
    guard exits.tailBlocks <= ModelConfiguration.largestBlockCount else {
      throw refuse(
        "\(exits.tailBlocks) blocks in tails", "at most \(ModelConfiguration.largestBlockCount)")
    }
    for (index, exit) in exits.enumerated() {
      if let fault = fault(of: exit) {
        throw refuse(fault.found, fault.expected, at: index)
      }
    }
  }

  /// The fault of an exit by itself; nil where it has none.
  private func fault(of exit: ExitRecord) -> (found: String, expected: String)? {
    guard exit.threshold >= 0, exit.threshold.isFinite else {
      return ("threshold \(exit.threshold)", "a number of at least 0")
    }
    guard exit.temperature > 0, exit.temperature.isFinite else {
      return ("temperature \(exit.temperature)", "a number above 0")
    }
    if exit.reads == .previous, exit.body.tailBlocks == 0 {
      return ("\(exit.body) that reads previous", "a tail, in place of the blocks passed over")
    }
    for rank in [exit.body.map?.rank, exit.body.readout?.rank].compactMap(\.self)
    where !(1...configuration.hiddenSize).contains(rank) {
      return ("rank \(rank)", "from 1 to the hidden size, \(configuration.hiddenSize)")
    }
    switch exit.body {
    case .tail(let blocks, _, _) where blocks < 1:
      return ("a tail of \(blocks) blocks", "at least 1")
    default: return attentionFault(of: exit) ?? feedbackFault(of: exit) ?? stateFault(of: exit)
    }
  }

  /// The fault of an exit's `tailLike`, which a tail needs where the model's blocks differ in their attention.
  private func attentionFault(of exit: ExitRecord) -> (found: String, expected: String)? {
    let blocks = exit.body.tailBlocks
    guard configuration.blocksDiffer, blocks > 0 else {
      guard let like = exit.tailLike else { return nil }
      return (
        "tail_like \(like)",
        "none, in a model whose blocks all are of one kind, and in exits without a tail"
      )
    }
    let last = configuration.blockCount - blocks
    guard let like = exit.tailLike, like >= 0, like <= last else {
      return (
        exit.tailLike.map { "tail_like \($0)" } ?? "no tail_like",
        "\(firstBlocks(ofTail: blocks)), whose kind the tail's first block has"
      )
    }
    return nil
  }

  /// The blocks of the model that a tail of this many may begin as, in words.
  private func firstBlocks(ofTail blocks: Int) -> String {
    let count = configuration.blockCount
    guard blocks <= count else { return "a tail of at most \(count) blocks, and a block" }
    return "a block from 0 to \(count - blocks)"
  }

  /// The fault of a tail with a state beside feedback, which takes back all that was computed since the last answer.
  private func stateFault(of exit: ExitRecord) -> (found: String, expected: String)? {
    guard exits.contains(where: { $0.feedback != nil }),
      let kind = exit.tailAttention(in: configuration).first(where: { $0.mixer != .attention })
    else { return nil }
    let name = kind.mixer == .convolution ? "a short convolution" : "a DeltaNet"
    return (
      "a tail whose blocks have \(name), in a model with feedback",
      "tails of blocks with attention: a state does not go back as far as feedback asks for"
    )
  }

  /// The fault of what a tail copies, and of what the cloud sends back for it.
  private func feedbackFault(of exit: ExitRecord) -> (found: String, expected: String)? {
    let blocks = exit.body.tailBlocks
    if let copies = exit.copies, blocks == 0 || copies > configuration.blockCount - blocks {
      return (
        "copies \(copies)",
        blocks == 0
          ? "none, in an exit without a tail"
          : "\(firstBlocks(ofTail: blocks)), with as many after it as the tail has"
      )
    }
    guard let feedback = exit.feedback else { return nil }
    guard exit.reads == .model, blocks > 0 else {
      return ("feedback", "none, but in an exit with a tail that reads the model")
    }
    let first = exits[0].depth
    guard (first + 1...configuration.blockCount).contains(feedback.depth) else {
      return (
        "feedback of depth \(feedback.depth)",
        "from \(first + 1), after the first exit, to the model's \(configuration.blockCount) blocks"
      )
    }
    return nil
  }

  /// Whether it is a cloud bundle of all blocks, to which an edge uploads token ids in place of hidden states.
  package var takesTokens: Bool { role == .cloud && blocks.lowerBound == 0 }

  /// Checks that the blocks are those that the role and the exits ask for.
  func validateBlocks(file: String) throws {
    let depths = exits.map(\.depth)
    let count = configuration.blockCount
    let expectedBlocks =
      switch role {
      case .model: 0..<count
      case .edge: exits.edgeBlocks
      case .middle: blocks.lowerBound..<max(blocks.lowerBound + 1, exits.edgeBlocks.upperBound)
      case .cloud: blocks.lowerBound..<count
      }
    guard blocks == expectedBlocks else {
      throw InputError(
        file: file, location: "blocks", found: "\(blocks)",
        expected: "\(expectedBlocks) for role \(role.rawValue) with exits \(depths)")
    }
    guard role != .cloud || exits.isEmpty else {
      throw InputError(
        file: file, location: "exits", found: "depths \(depths)",
        expected: "no exits in a cloud bundle")
    }
  }
}
