import CleaveModel
import CleaveStorage

/// The texts that a model's exits were trained on, by content: what must not be among those they are
/// judged on.
package struct TrainedContents {
  /// Nil where exits were not trained.
  private let record: TrainingDataRecord?

  package init(_ digests: Set<ContentDigest>) {
    record = TrainingDataRecord(trained: digests.map(\.sha256), heldOut: [])
  }

  init(of artifact: Artifact) throws { record = try artifact.trainingData() }

  func contains(_ digest: ContentDigest) -> Bool {
    record?.contains(sha256: digest.sha256) ?? false
  }
}
