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
}
