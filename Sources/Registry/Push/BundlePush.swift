#if Network
  import CleaveModel
  import CleaveStorage
  import Synchronization

  /// The upload of a bundle: each file that the registry lacks, then the manifest that names them, then the signature.
  package struct BundlePush: Sendable {
    package struct Settings: Sendable {
      /// The most files that are uploaded at a time.
      package var atOnce = 4
      /// The bytes of a piece, at most.
      package var chunk = 8 << 20
      /// Repositories of the same registry that may have some of the files.
      package var mounts: [String] = []

      package init() {}
    }

    /// What was pushed.
    package struct Outcome: Sendable {
      /// The digest of the manifest, which names everything.
      package let digest: FileDigest
      package let files: Int
      package let bytes: Int
      package var uploadedFiles = 0
      package var uploadedBytes = 0
      package var mountedFiles = 0
      /// The digest of the signature's own manifest; nil for a bundle that is not signed.
      package var signature: FileDigest?
    }

    private let bundle: Artifact
    private let reference: RegistryReference
    private let settings: Settings

    /// - Throws: `SettingError` for a reference that is a digest, which nobody can choose.
    package init(_ bundle: Artifact, to reference: RegistryReference, settings: Settings) throws {
      guard case .tag = reference.version else {
        throw SettingError(
          .reference, value: reference.description, found: "a digest", expected: "a tag to push to")
      }
      self.bundle = bundle
      self.reference = reference
      self.settings = settings
    }

    /// - Throws: `InputError` for a bundle that is damaged or holds other files, `RegistryError` where the registry refuses.
    package func run(_ client: RegistryClient, progress: TransferProgress) async throws -> Outcome {
      try refuseStrays()
      let content = try BundleContent(bundle)
      let missing = try await missing(content.layers, client)
      progress.expect(missing.reduce(0) { $0 + $1.descriptor.digest.bytes })
      let outcome = Mutex(
        Outcome(
          digest: FileDigest(of: content.manifest.bytes), files: content.layers.count,
          bytes: content.layers.reduce(0) { $0 + $1.descriptor.digest.bytes }))
      try await BoundedTasks.run(missing, atOnce: settings.atOnce) { layer in
        let how = try await upload(layer, client, progress)
        outcome.withLock { outcome in
          if how == .mounted {
            outcome.mountedFiles += 1
          } else {
            outcome.uploadedFiles += 1
            outcome.uploadedBytes += layer.descriptor.digest.bytes
          }
        }
      }
      let writer = ManifestPush(client: client, repository: reference.name)
      try await writer.run(
        content.manifest, configuration: content.configuration, version: reference.path)
      var done = outcome.withLock { $0 }
      done.signature = try await pushSignature(of: content.manifest, writer)
      return done
    }

    /// Refuses files that the manifest does not list: a signature speaks of them too, and would not hold without them.
    private func refuseStrays() throws {
      guard let stray = try bundle.strayEntries().first else { return }
      throw InputError(
        file: bundle.path, location: stray, found: "a file that the manifest does not list",
        expected: "a bundle's files only", advice: "Move it away first.")
    }

    /// The files that the repository does not have, each content once.
    private func missing(
      _ layers: [BundleContent.Layer], _ client: RegistryClient
    ) async throws -> [BundleContent.Layer] {
      var seen: Set<String> = []
      let unique = layers.filter { seen.insert($0.descriptor.digest.sha256).inserted }
      let absent = Mutex<Set<String>>([])
      try await BoundedTasks.run(unique, atOnce: settings.atOnce) { layer in
        guard try await !client.has(layer.descriptor, reference.name) else { return }
        absent.withLock { _ = $0.insert(layer.path) }
      }
      let paths = absent.withLock { $0 }
      return unique.filter { paths.contains($0.path) }
    }

    private func upload(
      _ layer: BundleContent.Layer, _ client: RegistryClient, _ progress: TransferProgress
    ) async throws -> BlobUpload.Outcome {
      let path = "\(bundle.path)/\(layer.path)"
      let digest = try FileDigest(ofFile: path)
      guard digest == layer.descriptor.digest else {
        throw InputError(
          file: path, found: "SHA-256 \(digest.sha256)",
          expected: "\(layer.descriptor.digest.sha256), as the manifest says",
          advice: "The bundle is damaged: make it again before it is pushed.")
      }
      return try await BlobUpload(
        client: client, repository: reference.name, mounts: settings.mounts,
        chunk: settings.chunk, progress: progress
      ).run(layer.descriptor, from: try UploadedFile(path, bytes: digest.bytes))
    }

    private func pushSignature(
      of manifest: ImageManifest, _ writer: ManifestPush
    ) async throws -> FileDigest? {
      let path = "\(bundle.path)/\(ArtifactLayout.signature)"
      guard FileSystem.exists(path) else { return nil }
      let signature = SignatureReferrer(
        try FileSystem.read(path, limit: SignatureReferrer.largest), of: manifest)
      return try await writer.refer(signature, to: manifest)
    }
  }
#endif
