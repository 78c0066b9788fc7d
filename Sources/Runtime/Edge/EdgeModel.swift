import CleaveModel
import CleaveStorage

/// An edge bundle that is opened for running: mapped weights, shared by sessions.
///
/// The model's blocks are cut into stacks where an exit reads them; each exit's tail is a stack of its own. A stack
/// reads the hidden states of another one, the first those of the embedding or of the tier before, so that the stacks form a tree: a tail
/// and the model's further blocks may go on from the same states.
package final class EdgeModel: Sendable {
  package let manifest: Manifest
  /// What tokens are looked up in; nil in a middle tier, which takes hidden states.
  private let texts: Embedding?
  /// The stacks, each after the one it reads. The first ends where the first exit reads.
  let stacks: [Stack]
  let exits: [ExitHead]
  /// The index of the stack whose states each exit's body reads.
  let ends: [Int]
  /// What exits read without a vocabulary of their own; nil where none does.
  private let unembedding: Unembedding?
  let vocabulary: ExitVocabulary?

  struct Stack: Sendable {
    let blocks: BlockStack
    /// The index of the stack whose states it reads; nil for the first.
    let source: Int?
    /// What changes the states on their way in: the map before a tail.
    let map: Affine?
    /// The indices of the stacks that read its states.
    fileprivate(set) var readers: [Int] = []
  }

  package convenience init(_ artifact: Artifact) throws {
    try artifact.require(role: .edge)
    try self.init(opened: artifact)
  }

  /// Opens the bundle of a middle tier, whose first stack reads the hidden states that are sent to it.
  package convenience init(middle artifact: Artifact) throws {
    try artifact.require(role: .middle)
    try self.init(opened: artifact)
  }

  /// Opens the edge part of a whole model, to evaluate exits before any cut.
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
    texts = manifest.role == .middle ? nil : try Embedding(artifact)
    (stacks, ends) = try Self.stacks(of: artifact)
    exits = try manifest.exits.map { try ExitHead($0, artifact) }
    vocabulary = try ExitVocabulary(artifact)
    let isShared = manifest.exits.contains { $0.unembedding == .shared }
    unembedding = isShared ? try Unembedding(artifact) : nil
  }

  var embedding: Embedding {
    guard let texts else { preconditionFailure("a middle tier does not read tokens") }
    return texts
  }

  /// The norm and the unembedding of an exit.
  ///
  /// - Parameter text: the tokens of the text that it answers after.
  func head(ofExit index: Int, text: @autoclosure () -> TextRows? = nil) -> OutputHead {
    let exit = exits[index]
    switch exit.record.unembedding {
    case .shared:
      guard let unembedding else { preconditionFailure("an unembedding that was not opened") }
      return OutputHead(norm: exit.norm, unembedding: unembedding)
    case .vocabulary:
      guard let vocabulary else { preconditionFailure("a vocabulary that was not opened") }
      return OutputHead(norm: exit.norm, unembedding: vocabulary.unembedding, text: text())
    }
  }

  /// Makes a model of the same weights whose exits measure confidence by another signal.
  package func reading(_ signal: ExitRecord.Signal) -> EdgeModel {
    EdgeModel(self, signal)
  }

  private init(_ other: EdgeModel, _ signal: ExitRecord.Signal) {
    var manifest = other.manifest
    for index in manifest.exits.indices { manifest.exits[index].signal = signal }
    self.manifest = manifest
    texts = other.texts
    stacks = other.stacks
    ends = other.ends
    exits = zip(other.exits, manifest.exits).map { $0.with($1) }
    unembedding = other.unembedding
    vocabulary = other.vocabulary
  }

  private static func stacks(of artifact: Artifact) throws -> (stacks: [Stack], ends: [Int]) {
    var (stacks, ends): ([Stack], [Int]) = ([], [])
    func add(_ blocks: BlockStack, after source: Int?, through map: Affine? = nil) -> Int {
      if let source { stacks[source].readers.append(stacks.count) }
      stacks.append(Stack(blocks: blocks, source: source, map: map))
      return stacks.count - 1
    }
    // The stack of the model's blocks that ends deepest so far, and where it ends.
    var trunk: (stack: Int?, depth: Int) = (nil, 0)
    if artifact.manifest.role == .middle { trunk.depth = artifact.manifest.blocks.lowerBound }
    for exit in artifact.manifest.exits {
      var end: Int
      switch exit.reads {
      case .previous: end = ends[ends.count - 1]
      case .model:
        end = add(
          try BlockStack(artifact, blocks: trunk.depth..<exit.depth), after: trunk.stack)
        trunk = (end, exit.depth)
      }
      if let tail = try BlockStack(tailOf: exit, artifact) {
        end = add(tail, after: end, through: try Affine(mapOf: exit, artifact))
      }
      ends.append(end)
    }
    return (stacks, ends)
  }

  /// Finds the stacks that must run for any of these exits to answer. The first always must: its states are
  /// uploaded.
  ///
  /// - Returns: a value for each stack.
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
