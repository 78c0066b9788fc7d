import CleaveStorage

extension [String: Tensor] {
  /// The tensor of this name.
  ///
  /// - Parameter path: the file that the tensors are from.
  /// - Throws: `InputError` when there is none.
  package func required(_ name: String, in path: String) throws(InputError) -> Tensor {
    guard let tensor = self[name] else {
      throw InputError(
        file: path, location: name, found: "no tensor of this name",
        expected: "the tensor that the manifest lists", advice: "Make the artifact again.")
    }
    return tensor
  }
}
