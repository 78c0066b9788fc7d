import CleaveModel
import CleaveStorage

/// Which blocks go where: the edge holds the model's up to the deepest exit that reads the model, the
/// cloud all after the first exit, so both hold the blocks between. Tails are the edge's alone.
package struct SplitPlan: Equatable, Sendable {
  package let blockCount: Int
  package let edge: Range<Int>
  package let cloud: Range<Int>

  /// - Throws: `InputError` when the model has no exits to cut at.
  package init(_ artifact: Artifact) throws {
    let manifest = artifact.manifest
    guard let first = manifest.exits.first?.depth else {
      throw InputError(
        file: artifact.path, location: "exits", found: "none", expected: "at least one to cut at",
        advice: "Attach some with `cleave exits add`.")
    }
    self.init(
      blockCount: manifest.configuration.blockCount, edge: manifest.exits.edgeBlocks,
      cloud: first..<manifest.configuration.blockCount)
    if let fault = fault(exits: manifest.exits) {
      throw InputError(
        file: artifact.path, location: "exits", found: fault,
        expected: "a split that holds every block")
    }
  }

  init(blockCount: Int, edge: Range<Int>, cloud: Range<Int>) {
    self.blockCount = blockCount
    self.edge = edge
    self.cloud = cloud
  }

  /// The blocks both sides hold.
  package var shared: Range<Int> { cloud.lowerBound..<edge.upperBound }

  /// What is wrong with the split, or nil: together the sides hold every block, and both hold exactly
  /// those between the first exit and the deepest that reads the model.
  ///
  /// - Parameter exits: at least one.
  func fault(exits: [ExitRecord]) -> String? {
    let shared = exits[0].depth..<exits.edgeBlocks.upperBound
    for block in 0..<blockCount {
      let (onEdge, inCloud) = (edge.contains(block), cloud.contains(block))
      if !onEdge && !inCloud { return "block \(block) on neither side" }
      let between = shared.contains(block)
      if (onEdge && inCloud) != between {
        return between ? "block \(block) not on both sides" : "block \(block) on both sides"
      }
    }
    return nil
  }
}
