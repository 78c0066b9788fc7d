import CleaveModel

/// The stacks that read hidden states which come back from the cloud.
extension EdgeModel {
  /// The index of the exit with feedback; nil where none has it.
  private var feedbackExit: Int? { manifest.exits.firstIndex { $0.feedback != nil } }

  /// The hidden states that the cloud is to send back; nil where no exit reads them.
  package var feedback: ExitFeedback? { feedbackExit.flatMap { manifest.exits[$0].feedback } }

  /// The index of the tail that reads what comes back; nil where none does.
  var feedbackStack: Int? { feedbackExit.map { ends[$0] } }

  /// The stacks whose states depend on what comes back: the tail that reads it, then those that go on from it,
  /// each after the one it reads.
  var feedbackStacks: [Int] {
    guard let first = feedbackStack else { return [] }
    var found = [first]
    for stack in stacks.indices {
      if let source = stacks[stack].source, found.contains(source) { found.append(stack) }
    }
    return found
  }
}
