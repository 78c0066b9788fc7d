import CleaveModel

/// What is to be captured, and where.
public struct CapturePlan: Sendable {
  /// The model artifact.
  public var model: String
  /// The store's directory.
  public var directory: String
  public var data: DataSettings
  /// Whose hidden states are kept: after so many blocks, 0 being the embedding.
  public var depths: [Int]
  /// How many of the teacher's largest logits are kept.
  public var topK = 32
  /// Bytes that the store may take.
  public var largestStore = 20 << 30
  /// Nil for one on each processor.
  public var threads: Int?
  /// Replace a store of another key.
  public var force = false

  public init(model: String, directory: String, data: DataSettings, depths: [Int]) {
    self.model = model
    self.directory = directory
    self.data = data
    self.depths = depths
  }
}
