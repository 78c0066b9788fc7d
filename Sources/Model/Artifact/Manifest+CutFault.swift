extension Manifest {
  /// The fault of an exit or a cut after so many blocks, in view of the exits that the model has; nil where there is
  /// none. This is the one rule by which exits, tiers and `inspect --cuts` choose.
  package func cutFault(at depth: Int) -> CutFault? {
    if let fault = configuration.cutFault(at: depth) { return fault }
    guard let next = exits.first(where: { $0.depth >= depth }), next.reads == .previous else {
      return nil
    }
    let reason = "the exit at \(next.depth) goes on from the one before it, past all blocks between"
    return CutFault(
      found: "depth \(depth), before the exit at \(next.depth)",
      expected: "no exit between that one and the exit it goes on from", reason: reason)
  }
}
