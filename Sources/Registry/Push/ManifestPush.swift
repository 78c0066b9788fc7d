#if Network
  import CleaveStorage

  /// The upload of manifests, with the small blobs that they name.
  struct ManifestPush {
    let client: RegistryClient
    let repository: String

    /// Uploads a manifest and its configuration; the layers are there.
    func run(_ manifest: ImageManifest, configuration: [UInt8], version: String) async throws {
      try await upload(configuration, manifest.configuration)
      try await client.put(
        manifest.bytes, type: MediaType.manifest, repository, version,
        scopes: RegistryClient.writing(repository))
    }

    /// Uploads a signature and lets it refer to a manifest, by a list under a tag where the registry keeps none.
    ///
    /// - Returns: the digest of the signature's manifest.
    func refer(_ signature: SignatureReferrer, to manifest: ImageManifest) async throws
      -> FileDigest
    {
      try await upload(signature.contents, signature.layer)
      try await upload(SignatureReferrer.emptyConfiguration, signature.manifest.configuration)
      let bytes = signature.manifest.bytes
      let digest = FileDigest(of: bytes)
      let isNoted = try await client.put(
        bytes, type: MediaType.manifest, repository, "sha256:\(digest.sha256)",
        scopes: RegistryClient.writing(repository))
      if !isNoted {
        try await note(
          Descriptor(
            mediaType: MediaType.manifest, digest: digest, artifactType: MediaType.signature,
            annotations: signature.manifest.annotations),
          under: FileDigest(of: manifest.bytes))
      }
      return digest
    }

    private func note(_ descriptor: Descriptor, under subject: FileDigest) async throws {
      var list = try await client.taggedReferrers(repository, of: subject)
      guard list.add(descriptor) else { return }
      try await client.put(
        list.bytes, type: MediaType.index, repository, ReferrerIndex.tag(of: subject),
        scopes: RegistryClient.writing(repository))
    }

    private func upload(_ bytes: [UInt8], _ blob: Descriptor) async throws {
      guard try await !client.has(blob, repository) else { return }
      _ = try await BlobUpload(
        client: client, repository: repository, mounts: [], chunk: max(bytes.count, 1),
        progress: TransferProgress()
      ).run(blob, from: UploadedBytes(bytes: bytes))
    }
  }
#endif
