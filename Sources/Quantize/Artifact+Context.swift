import CleaveModel
import CleaveStorage

extension Artifact {
  /// Checks that windows fit the context length: beyond it, the model's output says nothing about
  /// its weights.
  ///
  /// - Throws: `InputError` if a window of `length` tokens is longer than the context.
  func requireContext(ofWindows length: Int) throws {
    let most = manifest.configuration.contextLength
    guard length <= most else {
      throw InputError(
        file: path, location: "context_length", found: "\(most)",
        expected: "at least the \(length) tokens of a window",
        advice: "Give a smaller --window-length.")
    }
  }
}
