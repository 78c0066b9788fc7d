import CleaveModel
import CleaveStorage

/// Asks edge and cloud together after many texts side by side: what every exit says there, and the whole
/// model. Each text is read in pieces beside others and goes on as the caller likes. The answers have the
/// bits that `EdgeSession`, `CloudContextManager` and `WholeModelSession` give after the text alone.
package final class PairDecoder {
  private let engine: PairEngine
  private let longest: Int

  /// - Parameters:
  ///   - longest: most positions of any text (prompt + answer)
  ///   - slots: texts side by side; nil for as many as are worth it.
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
    let blocks = edge.stacks.reduce(cloud.stack.blocks.count) { $0 + $1.blocks.blocks.count }
    engine = try PairEngine(
      edge: edge, cloud: cloud,
      slots: slots
        ?? PooledKVCache.affordableSlots(
          configuration, numerics, blockCount: blocks, positions: longest),
      longest: longest, numerics: numerics, pool: pool)
  }

  /// The cloud goes on where the edge's first exit reads, in the same model.
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
    guard edge.exits.first?.depth == cloud.blocks.lowerBound else {
      throw refuse(
        "blocks", "a cloud that begins after block \(cloud.blocks.lowerBound)",
        "after \(edge.exits.first?.depth ?? 0), where the edge's first exit reads")
    }
  }

  /// Reads each text to its end, then asks `next` after it: the answers there; the token it returns is
  /// appended and the text goes on; nil ends it.
  ///
  /// - Parameters:
  ///   - texts: tokens, none of them empty.
  ///   - next: called in no order of texts, for one text in the order of its places.
  /// - Throws: `ContextLimitError` for a text longer than `longest`, `InputError` for ids outside the
  ///   vocabulary or logits that are no distribution, and what `next` throws.
  package func run(
    _ texts: [[Int]], next: (_ text: Int, PlaceAnswers) throws -> Int?
  ) throws {
    for text in texts { try ContextLimitError.check(text.count, contextLength: longest) }
    // An error may have left something behind.
    for slot in 0..<engine.slots { engine.release(slot) }
    var schedule = BatchSchedule(slots: engine.slots)
    try schedule.run(texts) { pieces, ends in
      try engine.run(pieces)
      return try zip(ends, engine.answers(ends.map(\.column))).map { end, answers in
        guard let token = try next(end.text, answers) else {
          engine.release(end.slot)
          return nil
        }
        try ContextLimitError.check(end.position + 1, contextLength: longest)
        return token
      }
    }
  }
}
