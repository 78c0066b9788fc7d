#if Network
  import CleaveSigning
  import CleaveStorage

  /// The signatures that refer to a bundle in a registry.
  struct SignatureFetch {
    let client: RegistryClient
    let repository: String
    /// The reference, for errors.
    let place: String

    /// The most signatures of one bundle that are looked at, the newest.
    private static let most = 16

    /// Fetches the signature to keep: the trusted key's, or without one the newest.
    ///
    /// - Returns: nil where nothing is signed.
    /// - Throws: `InputError` where there are signatures, and none of the key's.
    func run(of digest: FileDigest, trust: TrustedKey?) async throws -> [UInt8]? {
      let referrers = try await client.referrers(
        repository, of: digest, type: MediaType.signature
      ).filter(SignatureReferrer.mayBe)
      for referrer in referrers.suffix(Self.most).reversed() {
        guard let contents = try await contents(of: referrer, subject: digest) else { continue }
        guard let trust else { return contents }
        // Others may sign in ways that this key has no part in.
        if (try? SignatureCheck.isSigned(contents, by: trust, file: place)) == true {
          return contents
        }
      }
      guard trust != nil, !referrers.isEmpty else { return nil }
      throw InputError(
        file: place, found: "\(referrers.count) signatures with other keys",
        expected: "one with the private half of the trusted key")
    }

    /// - Returns: nil for what is no signature of a single file, as other tools may attach.
    private func contents(of referrer: Descriptor, subject: FileDigest) async throws -> [UInt8]? {
      guard let found = try await client.manifest(repository, referrer.reference) else {
        return nil
      }
      let name = "\(place) \(referrer.reference)"
      let manifest = try ImageManifest(found.bytes, file: name, expected: MediaType.signature)
      guard manifest.subject?.digest.sha256 == subject.sha256 else {
        throw InputError(
          file: name, location: "subject", found: manifest.subject?.reference ?? "none",
          expected: "sha256:\(subject.sha256), the bundle")
      }
      guard manifest.layers.count == 1, let layer = manifest.layers.first,
        layer.mediaType == MediaType.signature
      else { return nil }
      return try await client.smallBlob(
        layer, repository, place: name, limit: SignatureReferrer.largest)
    }
  }
#endif
