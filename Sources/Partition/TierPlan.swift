import CleaveModel
import CleaveStorage

/// What the bundle of each tier of a model holds. The first tier is an edge, the last a cloud without exits, those
/// between are middles. A bundle begins with the block behind the first exit of the tier before it, where that one
/// uploads, and ends with the last block that its own exits read; the cloud's ends with the model.
package struct TierPlan: Equatable, Sendable {
  /// One bundle.
  package struct Part: Equatable, Sendable {
    package let tier: Tier
    package let role: Manifest.Role
    /// The blocks that the bundle holds.
    package let blocks: Range<Int>
    package let exits: [ExitRecord]
  }

  package let parts: [Part]

  /// - Parameters:
  ///   - manifest: of the model.
  ///   - path: of the model, for errors.
  /// - Throws: `InputError` for tiers that do not follow one another over all blocks, for a tier without an exit at its
  ///   end, and for exits that cannot stand in their tier.
  package init(_ manifest: Manifest, tiers: [Tier], path: String) throws {
    func refuse(_ found: String, _ expected: String) -> InputError {
      InputError(file: path, location: "tiers", found: found, expected: expected)
    }
    guard tiers.count >= 2 else { throw refuse("\(tiers.count)", "at least two") }
    guard Set(tiers.map { $0.name.lowercased() }).count == tiers.count else {
      throw refuse("names \(tiers.map(\.name))", "another name for each tier")
    }
    let count = manifest.configuration.blockCount
    let ends = [0] + tiers.map(\.blocks.upperBound)
    guard tiers.map(\.blocks.lowerBound) == ends.dropLast(), ends.last == count else {
      throw refuse(
        tiers.map(\.description).joined(separator: ","),
        "tiers from block 0 on, each where the one before ends, up to the model's \(count) blocks")
    }
    var parts: [Part] = []
    for (index, tier) in tiers.enumerated() {
      let exits = manifest.exits.filter {
        $0.depth > tier.blocks.lowerBound && $0.depth <= tier.blocks.upperBound
      }
      let isLast = index == tiers.count - 1
      if let fault = Self.fault(tier, exits, manifest, isLast: isLast) {
        throw refuse(fault.found, fault.expected)
      }
      parts.append(
        Part(
          tier: tier, role: index == 0 ? .edge : isLast ? .cloud : .middle,
          blocks: Self.blocks(exits, after: parts.last, isLast: isLast, count), exits: exits))
    }
    if let fault = Self.fault(between: parts, manifest) {
      throw refuse(fault.found, fault.expected)
    }
    self.parts = parts
  }

  private static func blocks(
    _ exits: [ExitRecord], after before: Part?, isLast: Bool, _ count: Int
  ) -> Range<Int> {
    let first = before?.exits.first?.depth ?? 0
    return first..<(isLast ? count : exits.edgeBlocks.upperBound)
  }

  private static func fault(
    _ tier: Tier, _ exits: [ExitRecord], _ manifest: Manifest, isLast: Bool
  ) -> (found: String, expected: String)? {
    let depths = manifest.exits.map(\.depth)
    guard !isLast else {
      return exits.isEmpty
        ? nil
        : (
          "\(tier) with exits at \(exits.map(\.depth))",
          "a last tier behind all exits, which are at \(depths)"
        )
    }
    guard let first = exits.first, exits.last?.depth == tier.blocks.upperBound else {
      return ("\(tier)", "an end at the depth of an exit, which are at \(depths)")
    }
    if let fault = manifest.cutFault(at: first.depth) {
      return (
        "\(tier) whose first exit, at depth \(first.depth), reads the exit before it",
        "a first exit that reads the model: \(fault.reason)"
      )
    }
    return nil
  }

  /// The fault of exits that cannot do without the cloud's states or the text, in a model with middle tiers.
  private static func fault(
    between parts: [Part], _ manifest: Manifest
  ) -> (found: String, expected: String)? {
    guard parts.count > 2 else { return nil }
    if let exit = manifest.exits.first(where: { $0.feedback != nil }) {
      return (
        "an exit at depth \(exit.depth) that reads what comes back from the cloud",
        "none in a model of more than two tiers"
      )
    }
    for part in parts where part.role == .middle {
      guard let fault = part.exits.middleFault(manifest.exitVocabulary) else { continue }
      return (
        "\(part.tier) with \(fault.found) in the exit at depth \(part.exits[fault.exit].depth)",
        fault.expected
      )
    }
    return nil
  }
}
