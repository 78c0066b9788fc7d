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

  /// How many of these contents had a part in training; nil where the artifact has no record of it.
  func count(_ contents: Set<ContentDigest>) -> KnownContents? {
    guard let record else { return nil }
    let digests = contents.map { $0.sha256 }
    return KnownContents(
      contents: digests.count, trained: digests.count { record.trained(sha256: $0) },
      heldOut: digests.count { record.heldOut(sha256: $0) })
  }

  func contains(_ digest: ContentDigest) -> Bool {
    record?.contains(sha256: digest.sha256) ?? false
  }
}
