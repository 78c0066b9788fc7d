import CleaveStorage

/// One file of the artifact.
package struct FileRecord: Equatable, Sendable {
  /// The path relative to the artifact directory.
  package var path: String
  package var digest: FileDigest
  /// The tensors, in the order of their bytes; empty for a file that is not safetensors.
  package var tensors: [TensorRecord]

  package init(path: String, digest: FileDigest, tensors: [TensorRecord] = []) {
    self.path = path
    self.digest = digest
    self.tensors = tensors
  }

  /// Compares paths byte by byte: Swift compares strings as Unicode does, which another reader would not.
  static func inPathOrder(_ first: Self, _ second: Self) -> Bool {
    first.path.utf8.lexicographicallyPrecedes(second.path.utf8)
  }
}
