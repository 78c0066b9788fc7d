import CleaveModel
import CleaveStorage

extension Artifact {
  /// What a model says beyond the positions it was trained for is no measure of its weights.
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
