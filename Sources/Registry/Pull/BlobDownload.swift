#if Network
  import AsyncHTTPClient
  import CleaveStorage
  import NIOCore
  import NIOHTTP1

  /// The download of one blob into a pull's directory. Where the connection breaks it goes on from what is there.
  struct BlobDownload {
    let client: RegistryClient
    let repository: String
    let directory: PullDirectory
    let progress: TransferProgress

    private var place: String { "\(client.registry)/\(repository)" }

    /// - Throws: `InputError` for a blob that is another than its digest says, `RegistryError` where the registry fails.
    func run(_ blob: Descriptor) async throws {
      let wasBegun = directory.bytesHeld(blob) > 0
      if let wrong = try await fetchAll(blob) {
        // What an earlier process has left may be damaged.
        guard wasBegun, try await fetchAll(blob) == nil else {
          throw RegistryClient.wrong(wrong, blob, place)
        }
      }
      try directory.finish(blob)
    }

    /// Fetches what is not there yet.
    ///
    /// - Returns: the digest of what came where it is another; nothing is kept of it then. Else nil.
    private func fetchAll(_ blob: Descriptor) async throws -> FileDigest? {
      let path = directory.partial(blob)
      let file = try AppendOnlyFile(path)
      var held = try MappedFile.size(of: path)
      if held > blob.digest.bytes {
        try file.keep(0)
        held = 0
      }
      let retries = client.transport.access.retries
      // A registry may begin anew, but not again and again.
      var (failures, restarts) = (0, 0)
      while held < blob.digest.bytes {
        let before = held
        let failure = try await fetch(blob, into: file, &held)
        guard held < blob.digest.bytes else { break }
        failures = held - before >= retries.leastProgress ? 1 : failures + 1
        restarts += held < before ? 1 : 0
        let attempts = max(failures, restarts)
        guard attempts < retries.attempts else {
          throw failure?.error(place, attempts: attempts)
            ?? RegistryError(
              place, "\(held) of \(blob.digest.bytes) bytes of \(blob.reference), \(attempts) times"
            )
        }
        try await Task.sleep(for: retries.pause(after: failures))
      }
      let digest = try FileDigest(ofFile: path)
      guard digest != blob.digest else { return nil }
      try file.keep(0)
      progress.advance(-held)
      return digest
    }

    /// Fetches as much as comes.
    ///
    /// - Parameter held: the bytes that are there; counted on.
    /// - Returns: the failure of the connection that ended it.
    private func fetch(
      _ blob: Descriptor, into file: AppendOnlyFile, _ held: inout Int
    ) async throws -> RegistryFailure? {
      let response = try await client.blob(blob, repository, from: held)
      switch response.status {
      case .partialContent: try check(response, begins: held)
      case .ok: try beginAnew(file, &held)
      case .rangeNotSatisfiable:
        try beginAnew(file, &held)
        return nil
      default: throw await client.transport.refusal(response, "fetching \(blob.reference)")
      }
      do {
        for try await buffer in response.body {
          guard buffer.readableBytes <= blob.digest.bytes - held else {
            throw InputError(
              file: place, location: blob.reference, found: "more bytes",
              expected: "\(blob.digest.bytes) bytes, as the manifest says")
          }
          try file.append(Array(buffer.readableBytesView))
          held += buffer.readableBytes
          progress.advance(buffer.readableBytes)
        }
      } catch let error where RegistryFailure.isOfConnection(error) {
        return try RegistryFailure(error, client.registry)
      }
      return nil
    }

    private func beginAnew(_ file: AppendOnlyFile, _ held: inout Int) throws {
      guard held > 0 else { return }
      try file.keep(0)
      progress.advance(-held)
      held = 0
    }

    private func check(_ response: HTTPClientResponse, begins offset: Int) throws {
      let range = response.headers.first(name: "content-range") ?? ""
      guard range.hasPrefix("bytes \(offset)-") else {
        throw RegistryError(
          place, "the header Content-Range: \(range.shown(limit: 80)) for bytes from \(offset)")
      }
    }
  }
#endif
