/// What is to be captured, and where.
package struct CapturePlan: Sendable {
  /// The model artifact.
  package var model: String
  /// The store's directory.
  package var directory: String
  package var data: DataSettings
  /// Whose hidden states are kept: after so many blocks, 0 being the embedding.
  package var depths: [Int]
  /// How many of the teacher's largest logits are kept.
  package var topK = 32
  /// Bytes that the store may take.
  package var largestStore = 20 << 30
  /// Nil for one on each processor.
  package var threads: Int?
  /// Replace a store of another key.
  package var force = false

  package init(model: String, directory: String, data: DataSettings, depths: [Int]) {
    self.model = model
    self.directory = directory
    self.data = data
    self.depths = depths
  }
}
