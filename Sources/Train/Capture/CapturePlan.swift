import CleaveModel
import CleaveStorage

/// The settings of a capture: what is captured, and where.
package struct CapturePlan: Sendable {
  /// The model artifact.
  package var model: String
  /// The store's directory.
  package var directory: String
  package var data: DataSettings
  /// The depths whose hidden states are kept, rising. Depth 0 is the embedding.
  package var depths: [Int]
  /// The number of the teacher's largest logits that are kept.
  package var topK = 32
  /// The most bytes that the store may have.
  package var largestStore = 20 << 30
  /// The number of threads; nil for one on each processor.
  package var threads: Int?
  /// Whether a store of another key may be replaced.
  package var force = false

  package init(model: String, directory: String, data: DataSettings, depths: [Int]) {
    self.model = model
    self.directory = directory
    self.data = data
    self.depths = depths
  }

  /// - Throws: `SettingError` for a plan that cannot be carried out with such a model.
  func check(_ model: ModelConfiguration) throws {
    guard !depths.isEmpty, depths.allSatisfy((0...model.blockCount).contains),
      zip(depths, depths.dropFirst()).allSatisfy(<)
    else {
      throw SettingError(
        .capturedDepths, found: "\(depths)",
        expected: "rising depths from 0 to \(model.blockCount)")
    }
    guard (1...model.vocabularySize).contains(topK) else {
      throw SettingError(
        .teacherTokens, found: "\(topK)", expected: "from 1 to \(model.vocabularySize)")
    }
    guard data.longest <= model.contextLength else {
      throw SettingError(
        .longestSequence, found: "\(data.longest) tokens",
        expected: "at most the model's context, \(model.contextLength)")
    }
  }
}
