import CleaveModel
import CleaveStorage

/// An edge bundle, opened for running: mapped weights, shared by sessions.
///
/// Its stacks of blocks are the model's, cut where an exit reads them, and the exits' tails. Each reads
/// another's states, the first the embedding, so that they make a tree: a tail and the model's further
/// blocks may go on from the same states.
package final class EdgeModel: Sendable {
  package let manifest: Manifest
  let embedding: Embedding
  /// The first ends where the first exit reads; what is read stands before what reads it.
  let stacks: [Stack]
  let exits: [ExitHead]
  /// For each exit, the stack whose states its body reads.
  let ends: [Int]
  let unembedding: Unembedding

  struct Stack: Sendable {
    let blocks: BlockStack
    /// The stack whose states it reads; nil for the embedding.
    let source: Int?
    /// The stacks that read its states.
    fileprivate(set) var readers: [Int] = []
  }

  package convenience init(_ artifact: Artifact) throws {
    try artifact.require(role: .edge)
    try self.init(opened: artifact)
  }

  /// The edge that a model would be cut into: for judging exits before any cut.
  ///
  /// - Throws: `InputError` for a model without exits.
  package convenience init(exitsOf model: Artifact) throws {
    try model.require(role: .model)
    guard !model.manifest.exits.isEmpty else {
      throw InputError(
        file: model.path, location: "exits", found: "none", expected: "at least one",
        advice: "Attach some with `cleave exits add`.")
    }
    try self.init(opened: model)
  }

  private init(opened artifact: Artifact) throws {
    manifest = artifact.manifest
    embedding = try Embedding(artifact)
    (stacks, ends) = try Self.stacks(of: artifact)
    exits = try manifest.exits.map { try ExitHead($0, artifact) }
    unembedding = try Unembedding(artifact)
  }

  /// The same weights, with exits that are sure by another signal.
  package func reading(_ signal: ExitRecord.Signal) -> EdgeModel {
    EdgeModel(self, signal)
  }

  private init(_ other: EdgeModel, _ signal: ExitRecord.Signal) {
    var manifest = other.manifest
    for index in manifest.exits.indices { manifest.exits[index].signal = signal }
    self.manifest = manifest
    embedding = other.embedding
    stacks = other.stacks
    ends = other.ends
    exits = zip(other.exits, manifest.exits).map { $0.with($1) }
    unembedding = other.unembedding
  }

  private static func stacks(of artifact: Artifact) throws -> (stacks: [Stack], ends: [Int]) {
    var (stacks, ends): ([Stack], [Int]) = ([], [])
    func add(_ blocks: BlockStack, after source: Int?) -> Int {
      if let source { stacks[source].readers.append(stacks.count) }
      stacks.append(Stack(blocks: blocks, source: source))
      return stacks.count - 1
    }
    // The stack of the model's blocks that ends deepest so far, and where it ends.
    var trunk: (stack: Int?, depth: Int) = (nil, 0)
    for exit in artifact.manifest.exits {
      var end: Int
      switch exit.reads {
      case .previous: end = ends[ends.count - 1]
      case .model:
        end = add(
          try BlockStack(artifact, blocks: trunk.depth..<exit.depth), after: trunk.stack)
        trunk = (end, exit.depth)
      }
      if let tail = try BlockStack(tailOf: exit, artifact) { end = add(tail, after: end) }
      ends.append(end)
    }
    return (stacks, ends)
  }

  /// Which stacks must run for any of these exits to answer. The first always does: its states are
  /// the cloud's.
  func needed(by exits: some Sequence<Int>) -> [Bool] {
    var needed = stacks.indices.map { $0 == 0 }
    for exit in exits {
      var next: Int? = ends[exit]
      while let stack = next {
        needed[stack] = true
        next = stacks[stack].source
      }
    }
    return needed
  }
}
