import CleaveModel
import CleaveStorage

/// The contents that a model's exits were trained on, which must not be among those they are judged on.
package struct TrainedContents {
  /// The artifact's record; nil where exits were not trained.
  private let record: TrainingDataRecord?

  package init(_ digests: Set<ContentDigest>) {
    record = TrainingDataRecord(trained: digests.map(\.sha256), heldOut: [])
  }

  init(of artifact: Artifact) throws { record = try artifact.trainingData() }

  func contains(_ digest: ContentDigest) -> Bool {
    record?.contains(sha256: digest.sha256) ?? false
  }
}
