import CleaveModel
import CleaveStorage

/// The blocks of each side. The edge holds the model's blocks up to the deepest exit without a
/// tail, the cloud all blocks after the first exit, so that both hold the blocks between; or the
/// cloud holds all blocks. Tails are on the edge only.
package struct SplitPlan: Equatable, Sendable {
  package let blockCount: Int
  package let edge: Range<Int>
  package let cloud: Range<Int>

  /// - Parameter cloudTakesTokens: whether the cloud holds all blocks, and is sent tokens in place of hidden states.
  /// - Throws: `InputError` if the model has no exits.
  package init(_ artifact: Artifact, cloudTakesTokens: Bool = false) throws {
    let manifest = artifact.manifest
    guard let first = manifest.exits.first?.depth else {
      throw InputError(
        file: artifact.path, location: "exits", found: "none",
        expected: "at least one exit, at which to partition",
        advice: "Attach some with `cleave exits add`.")
    }
    self.init(
      blockCount: manifest.configuration.blockCount, edge: manifest.exits.edgeBlocks,
      cloud: (cloudTakesTokens ? 0 : first)..<manifest.configuration.blockCount)
    if let fault = fault(exits: manifest.exits) {
      throw InputError(
        file: artifact.path, location: "exits", found: fault,
        expected: "a split in which each block is on the right side")
    }
  }

  init(blockCount: Int, edge: Range<Int>, cloud: Range<Int>) {
    self.blockCount = blockCount
    self.edge = edge
    self.cloud = cloud
  }

  /// The blocks that both sides hold.
  package var shared: Range<Int> { cloud.lowerBound..<edge.upperBound }

  /// The error in the split in words; nil if it is correct. The sides together must hold all
  /// blocks, and both must hold exactly those between the first exit and the deepest exit without a
  /// tail, unless the cloud holds all blocks.
  ///
  /// - Parameter exits: the edge's exits, at least one.
  func fault(exits: [ExitRecord]) -> String? {
    let first = cloud.lowerBound == 0 ? 0 : exits[0].depth
    let shared = first..<exits.edgeBlocks.upperBound
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
