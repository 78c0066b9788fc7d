import CleaveModel
import CleaveStorage

/// Runs edge and cloud together over many prompts side by side, and gives the answers of every exit and of the
/// whole model after each. The caller decides how each sequence is continued. The answers have the bits that
/// `EdgeSession`, `CloudContextManager` and `WholeModelSession` give after the sequence alone.
package final class PairDecoder {
  /// How a sequence goes on.
  package struct Step: Sendable {
    package let token: Int
    /// Whether the policy asked the cloud for it, so that hidden states came back.
    package let isAsked: Bool

    package init(token: Int, isAsked: Bool) {
      self.token = token
      self.isAsked = isAsked
    }
  }

  private let batch: PairBatch
  private let longest: Int

  /// - Parameters:
  ///   - longest: the most positions of a prompt and its answer together.
  ///   - slots: the number of sequences side by side; nil for `PooledKVCache.affordableSlots`.
  /// - Throws: `ContextLimitError` when the model has fewer positions; `InputError` when edge and cloud do
  ///   not belong together, or without memory.
  package init(
    edge: EdgeModel, cloud: CloudModel, longest: Int, slots: Int? = nil,
    numerics: Numerics = .standard, pool: ThreadPool
  ) throws {
    precondition(longest > 0)
    try Self.checkFit(edge.manifest, cloud.manifest)
    let configuration = edge.manifest.configuration
    try ContextLimitError.check(longest, contextLength: configuration.contextLength)
    self.longest = longest
    let rest = cloud.stack.from(block: edge.manifest.exits[0].depth).kinds
    let kinds = edge.stacks.reduce(rest) { $0 + $1.blocks.kinds }
    batch = try PairBatch(
      edge: edge, cloud: cloud,
      slots: slots
        ?? PooledKVCache.affordableSlots(
          configuration, numerics, kinds: kinds, positions: longest),
      longest: longest, numerics: numerics, pool: pool)
  }

  /// Checks that the cloud begins at the edge's first exit, in the same model.
  private static func checkFit(_ edge: Manifest, _ cloud: Manifest) throws {
    func refuse(_ location: String, _ found: String, _ expected: String) -> InputError {
      InputError(
        file: "edge and cloud", location: location, found: found, expected: expected,
        advice: "Take both from one `cleave partition`.")
    }
    guard edge.modelID == cloud.modelID else {
      throw refuse(
        "model_id", "a cloud of \(cloud.modelID)", "one of the edge's model, \(edge.modelID)")
    }
    guard edge.configuration == cloud.configuration else {
      throw refuse(
        "configuration", "a cloud of another configuration", "the edge's, as their model_id is")
    }
    guard cloud.takesTokens || edge.exits.first?.depth == cloud.blocks.lowerBound else {
      throw refuse(
        "blocks", "a cloud that begins after block \(cloud.blocks.lowerBound)",
        "after \(edge.exits.first?.depth ?? 0), where the edge's first exit reads")
    }
  }

  /// Runs each prompt, then gives the answers after its last token to `next`. The token that `next` returns is
  /// appended and answered in turn; nil ends the sequence.
  ///
  /// - Parameters:
  ///   - prompts: tokens, none of them empty.
  ///   - returned: for each prompt the position within it that the cloud was last asked about, 0 where it was
  ///     not: hidden states before it have come back. Nil for no prompt. Of a model without feedback it changes
  ///     nothing.
  ///   - next: called in no order of prompts, for one prompt in the order of positions.
  /// - Throws: `ContextLimitError` for a sequence longer than `longest`, `InputError` for ids outside the
  ///   vocabulary or logits that are no distribution, `MessageError` for hidden states that the feedback's
  ///   packing cannot hold, and what `next` throws.
  package func run(
    _ prompts: [[Int]], returned: [Int]? = nil,
    next: (_ prompt: Int, PositionAnswers) throws -> Step?
  ) throws {
    for prompt in prompts { try ContextLimitError.check(prompt.count, contextLength: longest) }
    if let returned {
      precondition(
        zip(prompts, returned).allSatisfy { (0..<$0.count).contains($1) }
          && returned.count == prompts.count, "a position of each prompt")
    }
    // A run that an error ended leaves its sequences in their slots.
    for slot in 0..<batch.slots { batch.release(slot) }
    var schedule = BatchSchedule(slots: batch.slots)
    try schedule.run(
      prompts, begin: { batch.begin($1, returned: returned?[$0] ?? 0) },
      pass: { pieces, ends in
        try batch.run(pieces)
        let answers = try batch.answers(ends.map { ($0.slot, $0.column) })
        return try zip(ends, answers).map { end, answers in
          guard let step = try next(end.prompt, answers) else {
            batch.release(end.slot)
            return []
          }
          try ContextLimitError.check(end.position + 1, contextLength: longest)
          if step.isAsked { batch.note(asked: end.position, slot: end.slot) }
          return [step.token]
        }
      })
  }
}
