import CleaveModel
import CleaveStorage

extension ExitPlacement {
  /// The records of these exits in rising depth, checked for being added to the exits of a model.
  ///
  /// - Parameter file: the model, for error messages.
  /// - Throws: `InputError` for exits that the model cannot have, and for exits that would change which
  ///   hidden state an exit already there reads.
  package func checkedRecords(
    threshold: Double, addedTo manifest: Manifest, file: String
  ) throws -> [ExitRecord] {
    let refusal = Refusal(file: file)
    try checkDepths(manifest, refusal)
    guard threshold >= 0, threshold.isFinite else {
      throw refusal("threshold \(threshold)", "a number of at least 0")
    }
    guard hasBodyForEachDepth else {
      throw refusal("\(bodies.count) bodies", "one, or one for each of the \(depths.count) exits")
    }
    let exits = risingInDepth.records(threshold: threshold)
    try checkChain(exits, among: manifest, refusal)
    return exits
  }

  private func checkDepths(_ manifest: Manifest, _ refusal: Refusal) throws {
    guard !depths.isEmpty else { throw refusal("no depths", "at least one") }
    for fault in depths.compactMap(manifest.configuration.cutFault(at:)) {
      throw refusal(fault.found, fault.refusal)
    }
    let all = (depths + manifest.exits.map(\.depth)).sorted()
    if let twice = zip(all, all.dropFirst()).first(where: { $0 == $1 }) {
      throw refusal("two exits at depth \(twice.0)", "one exit at a depth")
    }
  }

  /// Every exit must continue from the exit that it was made for.
  private func checkChain(
    _ new: [ExitRecord], among manifest: Manifest, _ refusal: Refusal
  ) throws {
    for exit in new where exit.reads == .previous && exit.body.tailBlocks == 0 {
      throw refusal(
        "the body \(exit.body) at depth \(exit.depth), in place of blocks", "a tail",
        "With --replace, every exit after the first takes the place of blocks.")
    }
    if replacesBlocks, !manifest.exits.isEmpty {
      throw refusal("exits already", "a model without, to attach exits that go on from one another")
    }
    for fault in new.compactMap({ manifest.cutFault(at: $0.depth) }) {
      throw refusal(fault.found, fault.refusal)
    }
  }
}

/// The error of a model that cannot have the exits asked for.
private struct Refusal {
  let file: String

  func callAsFunction(_ found: String, _ expected: String, _ advice: String? = nil) -> InputError {
    InputError(file: file, location: "exits", found: found, expected: expected, advice: advice)
  }
}
