import CleaveModel

/// The texts that a model's exits were trained on, by content: what must not be among those they are
/// judged on.
package struct TrainedContents {
  private let digests: Set<ContentDigest>

  package init(_ digests: Set<ContentDigest>) { self.digests = digests }

  /// Artifacts hold no record of their training yet; here it is to be read.
  init(of artifact: Artifact) throws { digests = [] }

  func contains(_ digest: ContentDigest) -> Bool { digests.contains(digest) }
}
