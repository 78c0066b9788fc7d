#if Network
  import AsyncHTTPClient
  import CleaveStorage
  import NIOCore
  import NIOHTTP1

  extension RegistryClient {
    /// Whether a repository has a blob.
    ///
    /// - Throws: `InputError` where it has one of this digest and another size.
    func has(_ blob: Descriptor, _ repository: String) async throws -> Bool {
      let response = try await transport.send(
        RegistryRequest(
          .HEAD, address(repository, "blobs/\(blob.reference)"),
          scopes: Self.writing(repository)))
      guard response.status != .notFound else { return false }
      guard response.status == .ok else {
        throw await transport.refusal(response, "asking for a blob")
      }
      if let text = response.headers.first(name: "content-length"), let size = Int(text),
        size != blob.digest.bytes
      {
        throw InputError(
          file: "\(registry)/\(repository)", location: blob.reference, found: "\(size) bytes",
          expected: "\(blob.digest.bytes)", advice: "The registry's copy is damaged.")
      }
      return true
    }

    /// Begins to fetch a blob.
    ///
    /// - Parameter offset: of the first byte that is wanted.
    func blob(
      _ blob: Descriptor, _ repository: String, from offset: Int
    ) async throws -> HTTPClientResponse {
      var request = RegistryRequest(
        .GET, address(repository, "blobs/\(blob.reference)"), scopes: Self.reading(repository))
      if offset > 0 { request.headers.add(name: "range", value: "bytes=\(offset)-") }
      return try await transport.send(request)
    }

    /// Fetches a small blob and checks its digest.
    ///
    /// - Parameter place: what errors call it.
    func smallBlob(
      _ descriptor: Descriptor, _ repository: String, place: String, limit: Int
    ) async throws -> [UInt8] {
      guard descriptor.digest.bytes <= limit else {
        throw InputError(
          file: place, found: "\(descriptor.digest.bytes) bytes",
          expected: "at most \(limit)")
      }
      let request = RegistryRequest(
        .GET, address(repository, "blobs/\(descriptor.reference)"),
        scopes: Self.reading(repository))
      let (response, bytes) = try await fetch(
        request, place, "fetching the blob \(descriptor.reference)", limit: limit)
      guard response.status == .ok else {
        throw await transport.refusal(response, "fetching the blob \(descriptor.reference)")
      }
      let digest = FileDigest(of: bytes)
      guard digest == descriptor.digest else { throw Self.wrong(digest, descriptor, place) }
      return bytes
    }

    /// The error of a blob that is another than its digest says.
    static func wrong(
      _ found: FileDigest, _ descriptor: Descriptor, _ place: String
    ) -> InputError {
      InputError(
        file: place, location: descriptor.reference,
        found: "\(found.bytes) bytes with the SHA-256 \(found.sha256)",
        expected: "\(descriptor.digest.bytes) bytes with that one",
        advice: "The registry's copy is damaged, or somebody changed it.")
    }
  }
#endif
