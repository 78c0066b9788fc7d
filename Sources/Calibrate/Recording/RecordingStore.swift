import CleavePrompts
import CleaveRuntime
import CleaveStorage
import Glibc

/// The file of recorded trees. A calibration that was killed resumes from it, and another one with the same
/// weights need not run again what this one ran. The file only grows: after a header come batches of nodes.
///
/// ```
/// header   "cleave-recording 1\n" ("2" where an exit has feedback), 64 digits of the key, line end
/// batch    u32 bytes of what follows but the check, then
///          32 bytes SHA-256 of the prompt's tokens (u32 each), u32 first node, u32 nodes, and of each
///          node i32 parent, i32 token, in version 2 u32 1 where the cloud was asked for it and else 0, u32
///          truth, f32 its probability, and of each exit u32 token and f32 max probability, margin, entropy confidence, plain max probability
///          8 bytes: the beginning of the SHA-256 of all that
/// ```
/// Numbers are little-endian. A batch that a kill left incomplete is at the end, and is cut off.
package final class RecordingStore {
  /// The first line, without feedback and with it.
  private static let magics = (plain: "cleave-recording 1\n", feedback: "cleave-recording 2\n")
  private static let largestFile = 1 << 34

  let path: String
  private let shape: NodeShape
  private let log: AppendOnlyFile
  private var trees: [[UInt8]: TextTree] = [:]

  /// What a node consists of.
  struct NodeShape {
    let exitCount: Int
    let hasFeedback: Bool

    var bytes: Int { (hasFeedback ? 20 : 16) + 20 * exitCount }
    var emptyTree: TextTree { TextTree(exitCount: exitCount, hasFeedback: hasFeedback) }
  }

  /// - Parameters:
  ///   - key: 64 digits, the digest of what answers depend on besides the text: weights, exits and numerics.
  ///   - hasFeedback: whether one of the exits reads what came back from the cloud.
  /// - Throws: `InputError` for a file that is no recording, and for one of another key.
  package init(_ path: String, key: String, exitCount: Int, hasFeedback: Bool = false) throws {
    self.path = path
    shape = NodeShape(exitCount: exitCount, hasFeedback: hasFeedback)
    log = try AppendOnlyFile(path)
    let magic = hasFeedback ? Self.magics.feedback : Self.magics.plain
    let header = Array((magic + key + "\n").utf8)
    var bytes = try FileSystem.read(path, limit: Self.largestFile)
    if bytes.count < header.count, header.starts(with: bytes) { bytes = [] }
    if !bytes.isEmpty {
      guard
        [Self.magics.plain, Self.magics.feedback].contains(where: { bytes.starts(with: $0.utf8) })
      else {
        throw InputError(
          file: path, found: "no recording", expected: "a calibration's recording, or no file",
          advice: "Give another directory with --work.")
      }
      guard bytes.starts(with: header) else {
        throw InputError(
          file: path, found: "a recording of other weights, exits or numerics",
          expected: "one of these", advice: "Give another directory with --work, or remove it.")
      }
    }
    var cursor = ByteReader(bytes[min(header.count, bytes.count)...])
    var intact = cursor.position
    while let batch = Batch(&cursor, shape) {
      guard batch.append(to: &trees[batch.prompt, default: shape.emptyTree])
      else { break }
      intact = cursor.position
    }
    try log.keep(bytes.isEmpty ? 0 : intact)
    if bytes.isEmpty { try log.append(header) }
  }

  package func tree(of prompt: [Int]) -> TextTree? { trees[Self.digest(prompt)] }

  /// Appends the nodes of a tree from one on.
  package func append(_ tree: TextTree, from first: Int, prompt: [Int]) throws {
    guard first < tree.count else { return }
    var body = Self.digest(prompt)
    body.append(littleEndian: UInt32(first))
    body.append(littleEndian: UInt32(tree.count - first))
    for node in first..<tree.count {
      body.append(littleEndian: UInt32(bitPattern: tree.parents[node]))
      body.append(littleEndian: UInt32(bitPattern: tree.tokens[node]))
      if shape.hasFeedback { body.append(littleEndian: tree.asked[node] ? 1 : 0) }
      body.append(littleEndian: UInt32(tree.truths[node]))
      body.append(littleEndian: tree.truthProbabilities[node].bitPattern)
      for exit in 0..<shape.exitCount { body.append(tree.answer(of: exit, at: node)) }
    }
    var batch: [UInt8] = []
    batch.append(littleEndian: UInt32(body.count))
    try log.append(batch + body + Batch.check(body))
  }

  private static func digest(_ prompt: [Int]) -> [UInt8] {
    var bytes: [UInt8] = []
    for token in prompt { bytes.append(littleEndian: UInt32(token)) }
    return ContentDigest(sha256: FileDigest(of: bytes).sha256)!.bytes
  }
}

extension [UInt8] {
  fileprivate mutating func append(_ answer: ExitAnswer) {
    append(littleEndian: UInt32(answer.token))
    for value in [
      answer.maxProbability, answer.margin, answer.entropyConfidence, answer.plainMaxProbability,
    ] {
      append(littleEndian: value.bitPattern)
    }
  }
}
