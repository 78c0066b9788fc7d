#if Network
  import CleaveModel
  import CleaveSigning
  import CleaveStorage

  /// The download of a bundle: its manifest, the files of it that are wanted, and its signature, checked and then put in place
  /// in one step.
  package struct BundlePull: Sendable {
    package struct Settings: Sendable {
      /// The most files that are fetched at a time.
      package var atOnce = 4
      package var selection = PullSelection.all
      /// The key that must have signed the bundle; nil takes any bundle.
      package var trust: TrustedKey?
      /// Whether a bundle that stands at the target is replaced.
      package var force = false

      package init() {}
    }

    /// What was pulled.
    package struct Outcome: Sendable {
      /// The digest of the registry's manifest.
      package let digest: FileDigest
      package let manifest: CleaveModel.Manifest
      /// The depth of the last exit; nil where everything was pulled.
      package let lastExit: Int?
      package let files: Int
      package let bytes: Int
      /// The bytes that were fetched now, and not by an earlier pull.
      package let fetchedBytes: Int
      package let isSigned: Bool
      /// The files that were left out.
      package let missing: [String]
    }

    private let reference: RegistryReference
    private let target: String
    private let settings: Settings
    private var place: String { reference.description }

    package init(_ reference: RegistryReference, into target: String, settings: Settings) {
      self.reference = reference
      self.target = target
      self.settings = settings
    }

    /// - Throws: `InputError` for a target that must not be written to and for content that is no bundle, or not as signed;
    ///   `RegistryError` where the registry fails; `OutputError` where the disk does.
    package func run(_ client: RegistryClient, progress: TransferProgress) async throws -> Outcome {
      let output = try StagedOutput(
        target, sources: [], format: .artifact, force: settings.force)
      guard let found = try await client.manifest(reference.name, reference.path) else {
        throw InputError(
          file: place, found: "nothing there", expected: "a bundle that was pushed",
          advice: "Is the name right, and are you allowed to see it?")
      }
      let content = try PulledContent(
        try ImageManifest(found.bytes, file: place, expected: MediaType.model), place: place)
      let directory = try PullDirectory(target: target, manifest: found.digest)
      let download = BlobDownload(
        client: client, repository: reference.name, directory: directory, progress: progress)
      let own = try content.manifestLayer()
      if try !directory.holds(own) { try await download.run(own) }
      let whole = try manifest(directory.whole(own))
      let layers = try content.files(of: whole)
      let depth = try settings.selection.depth(in: whole, file: place)
      let wanted = try wanted(layers, of: whole, depth) + content.documents()
      let fetched = try await fetch(wanted, directory, download, progress)
      let signature = try await SignatureFetch(
        client: client, repository: reference.name, place: place
      ).run(of: found.digest, trust: settings.trust)
      let manifestFile = BundleContent.Layer(path: ArtifactLayout.manifest, descriptor: own)
      try stage(wanted + [manifestFile], signature, directory, output)
      let artifact = try Artifact(opening: output.path, upToExit: depth)
      try checkTrust(artifact)
      try output.publish()
      directory.remove()
      return Outcome(
        digest: found.digest, manifest: artifact.manifest, lastExit: depth,
        files: wanted.count + 1,
        bytes: wanted.reduce(own.digest.bytes) { $0 + $1.descriptor.digest.bytes },
        fetchedBytes: fetched, isSigned: signature != nil, missing: artifact.missing)
    }

    private func manifest(_ path: String) throws -> CleaveModel.Manifest {
      let bytes = try FileSystem.read(path, limit: Artifact.largestManifest)
      return try CleaveModel.Manifest(
        JSONNode(parsing: bytes, file: "\(place) \(ArtifactLayout.manifest)"))
    }

    private func wanted(
      _ layers: [BundleContent.Layer], of manifest: CleaveModel.Manifest, _ depth: Int?
    ) throws -> [BundleContent.Layer] {
      guard let depth else { return layers }
      let needed = Set(try manifest.upToExit(at: depth, file: place).files.map(\.path))
      return layers.filter { needed.contains($0.path) }
    }

    /// Fetches the files that are not on this machine yet.
    ///
    /// - Returns: the bytes that came.
    private func fetch(
      _ layers: [BundleContent.Layer], _ directory: PullDirectory, _ download: BlobDownload,
      _ progress: TransferProgress
    ) async throws -> Int {
      var seen: Set<String> = []
      let absent = try layers.filter { layer in
        guard seen.insert(layer.descriptor.digest.sha256).inserted,
          try !directory.holds(layer.descriptor)
        else { return false }
        return try !settings.force
          || !directory.adopt(layer.descriptor, from: "\(target)/\(layer.path)")
      }
      let bytes = absent.reduce(0) {
        $0 + $1.descriptor.digest.bytes - directory.bytesHeld($1.descriptor)
      }
      try FileSystem.requireSpace(bytes, at: directory.path)
      progress.expect(bytes)
      try await BoundedTasks.run(absent, atOnce: settings.atOnce) {
        try await download.run($0.descriptor)
      }
      return bytes
    }

    private func stage(
      _ layers: [BundleContent.Layer], _ signature: [UInt8]?, _ directory: PullDirectory,
      _ output: StagedOutput
    ) throws {
      for layer in layers {
        try FileSystem.link(
          directory.whole(layer.descriptor), to: try output.preparedPath(of: layer.path))
      }
      guard let signature else { return }
      var sink = try output.create(ArtifactLayout.signature)
      try sink.write(signature)
      _ = try sink.finish(isSealed: false)
    }

    private func checkTrust(_ artifact: Artifact) throws {
      guard let key = settings.trust else { return }
      let problems = try SignatureCheck(artifact.path, key: key, unneeded: artifact.missing).run()
      guard let first = problems.first else { return }
      let more = problems.count == 1 ? "" : ", and \(problems.count - 1) more"
      throw InputError(
        file: place, location: ArtifactLayout.signature, found: "\(first)\(more)",
        expected: "a bundle as it was signed with the private half of the trusted key")
    }
  }
#endif
