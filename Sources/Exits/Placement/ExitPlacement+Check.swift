import CleaveModel
import CleaveStorage

extension ExitPlacement {
  /// The records of these exits in rising depth, checked for being added to the exits of a model.
  ///
  /// - Parameter file: the model, for error messages.
  /// - Throws: `InputError` for exits that the model cannot have, and for exits that would change which
  ///   hidden state an exit already there reads.
  func checkedRecords(
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
    try checkChain(exits, among: manifest.exits, refusal)
    return exits
  }

  private func checkDepths(_ manifest: Manifest, _ refusal: Refusal) throws {
    let count = manifest.configuration.blockCount
    guard !depths.isEmpty else { throw refusal("no depths", "at least one") }
    for depth in depths where !(1..<count).contains(depth) {
      throw refusal(
        "depth \(depth)",
        count < 2
          ? "a model of at least 2 blocks, one before an exit and one after it"
          : "from 1 to \(count - 1), blocks before the exit")
    }
    let all = (depths + manifest.exits.map(\.depth)).sorted()
    if let twice = zip(all, all.dropFirst()).first(where: { $0 == $1 }) {
      throw refusal("two exits at depth \(twice.0)", "one exit at a depth")
    }
  }

  /// Every exit must continue from the exit that it was made for.
  private func checkChain(
    _ new: [ExitRecord], among old: [ExitRecord], _ refusal: Refusal
  ) throws {
    for exit in new where exit.reads == .previous && exit.body.tailBlocks == 0 {
      throw refusal(
        "the body \(exit.body) at depth \(exit.depth), in place of blocks", "a tail",
        "With --replace, every exit after the first takes the place of blocks.")
    }
    if replacesBlocks, !old.isEmpty {
      throw refusal("exits already", "a model without, to attach exits that go on from one another")
    }
    for exit in new {
      guard let next = old.first(where: { $0.depth > exit.depth }), next.reads == .previous
      else { continue }
      throw refusal(
        "depth \(exit.depth), before the exit at \(next.depth)",
        "no exit between that one and the exit it goes on from")
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
