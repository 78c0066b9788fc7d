#if Network
  import AsyncHTTPClient
  import CleaveStorage
  import NIOCore
  import NIOHTTP1

  extension RegistryClient {
    /// The bytes of a manifest.
    struct Manifest: Sendable {
      let bytes: [UInt8]
      let digest: FileDigest
    }

    /// Fetches a manifest.
    ///
    /// - Parameter version: a tag, or `sha256:` and a digest, which is checked.
    /// - Returns: nil where the registry has none.
    /// - Throws: `InputError` for one that is too large, or whose digest is another than the registry says.
    func manifest(_ repository: String, _ version: String) async throws -> Manifest? {
      var request = RegistryRequest(
        .GET, address(repository, "manifests/\(version)"), scopes: Self.reading(repository))
      request.headers.add(
        name: "accept", value: "\(MediaType.manifest), \(MediaType.index)")
      let place = "\(registry)/\(repository) \(version)"
      let (response, bytes) = try await fetch(request, place, "fetching the manifest")
      guard response.status != .notFound else { return nil }
      let digest = FileDigest(of: bytes)
      let stated = [version, response.headers.first(name: "docker-content-digest") ?? ""]
      for text in stated where text.hasPrefix("sha256:") && text != "sha256:\(digest.sha256)" {
        throw InputError(
          file: place, found: "a manifest with the SHA-256 \(digest.sha256)", expected: text,
          advice: "The registry, or something between, changed it.")
      }
      return Manifest(bytes: bytes, digest: digest)
    }

    /// Stores a manifest under a tag or its digest.
    ///
    /// - Returns: whether the registry has noted what the manifest refers to.
    @discardableResult
    func put(
      _ manifest: [UInt8], type: String, _ repository: String, _ version: String, scopes: [String]
    ) async throws -> Bool {
      var request = RegistryRequest(
        .PUT, address(repository, "manifests/\(version)"), scopes: scopes)
      request.headers.add(name: "content-type", value: type)
      request.body = ByteBuffer(bytes: manifest)
      let response = try await transport.send(request)
      guard response.status == .created || response.status == .ok else {
        throw await transport.refusal(response, "storing the manifest \(version)")
      }
      return response.headers.contains(name: "oci-subject")
    }

    /// The manifests of a type that refer to another.
    func referrers(_ repository: String, of digest: FileDigest, type: String) async throws
      -> [Descriptor]
    {
      let list = address(repository, "referrers/sha256:\(digest.sha256)")
      guard let filtered = WebAddress.adding([("artifactType", type)], to: list) else { return [] }
      let place = "\(registry)/\(repository) referrers"
      let (response, bytes) = try await fetch(
        RegistryRequest(.GET, filtered, scopes: Self.reading(repository)), place,
        "listing what refers to the bundle")
      guard response.status != .notFound else {
        // Registries of before 1.1 keep the list under a tag.
        return try await taggedReferrers(repository, of: digest).manifests
          .filter { $0.artifactType == type }
      }
      return try ReferrerIndex(bytes, file: place).manifests.filter { $0.artifactType == type }
    }

    /// The list of referrers that is kept under a tag; an empty one where there is none.
    func taggedReferrers(_ repository: String, of digest: FileDigest) async throws -> ReferrerIndex
    {
      let tag = ReferrerIndex.tag(of: digest)
      guard let manifest = try await manifest(repository, tag) else { return ReferrerIndex() }
      return try ReferrerIndex(manifest.bytes, file: "\(registry)/\(repository):\(tag)")
    }

    /// Fetches something that is held in memory, and again where its body is cut.
    ///
    /// - Returns: the response with its body, which is empty where there is no such thing.
    func fetch(
      _ request: RegistryRequest, _ place: String, _ what: String,
      limit: Int = ImageManifest.largest
    ) async throws -> (HTTPClientResponse, [UInt8]) {
      for attempt in 1... {
        let response = try await transport.send(request)
        guard response.status != .notFound else { return (response, []) }
        guard response.status == .ok else { throw await transport.refusal(response, what) }
        do {
          let body = try await response.body.collect(upTo: limit)
          return (response, Array(body.readableBytesView))
        } catch is NIOTooManyBytesError {
          throw InputError(
            file: place, found: "more than \(limit) bytes", expected: "at most that many")
        } catch let error where RegistryFailure.isOfConnection(error) {
          let failure = try RegistryFailure(error, registry)
          guard attempt < transport.access.retries.attempts else {
            throw failure.error(registry, attempts: attempt)
          }
          try await Task.sleep(for: transport.access.retries.pause(after: attempt))
        }
      }
      preconditionFailure("the attempts are counted")
    }

    static func reading(_ repository: String) -> [String] { ["repository:\(repository):pull"] }
    static func writing(_ repository: String) -> [String] {
      ["repository:\(repository):pull,push"]
    }
  }
#endif
