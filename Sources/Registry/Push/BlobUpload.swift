#if Network
  import AsyncHTTPClient
  import CleaveStorage
  import NIOCore
  import NIOHTTP1

  /// The upload of one blob, piece by piece. Where the connection breaks it goes on from what the registry has.
  struct BlobUpload {
    /// How a blob came to be in the repository.
    enum Outcome: Equatable, Sendable {
      case uploaded
      /// Another repository of the registry had it.
      case mounted
    }

    private enum Beginning {
      case mounted
      case session(UploadSession)
    }

    let client: RegistryClient
    let repository: String
    /// Repositories of the same registry that may have the blob.
    let mounts: [String]
    /// The bytes of a piece, at most.
    let chunk: Int
    let progress: TransferProgress

    /// How often an upload is begun that the registry has lost.
    private static let mostBeginnings = 4
    /// How often a piece is sent again without one byte more being there.
    private static let mostStalls = 5
    /// How often a registry may have fewer bytes after a piece than before.
    private static let mostSetbacks = 16

    private var scopes: [String] { RegistryClient.writing(repository) }
    private var place: String { "\(client.registry)/\(repository)" }

    /// - Throws: `RegistryError` where the registry does not take the blob.
    func run(_ blob: Descriptor, from source: any UploadSource) async throws -> Outcome {
      var session: UploadSession?
      for mount in mounts {
        switch try await begin(blob, mount: mount) {
        case .mounted:
          progress.advance(blob.digest.bytes)
          return .mounted
        case .session(let begun): session = begun
        }
      }
      for _ in 0..<Self.mostBeginnings {
        if session == nil, case .session(let begun) = try await begin(blob, mount: nil) {
          session = begun
        }
        guard var open = session.take() else {
          throw RegistryError(place, "it took a blob that it was not given")
        }
        if try await send(blob, from: source, &open) { return .uploaded }
        progress.advance(-open.offset)
      }
      throw RegistryError(place, "it lost an upload \(Self.mostBeginnings) times")
    }

    /// Asks for an upload, or for a blob of another repository, in place of which a registry without it begins an upload.
    private func begin(_ blob: Descriptor, mount: String?) async throws -> Beginning {
      var address = client.address(repository, "blobs/uploads/")
      var scopes = scopes
      if let mount {
        let items = [(name: "mount", value: blob.reference), (name: "from", value: mount)]
        address = WebAddress.adding(items, to: address) ?? address
        scopes += RegistryClient.reading(mount)
      }
      let response = try await client.transport.send(
        RegistryRequest(.POST, address, scopes: scopes))
      if response.status == .created, mount != nil { return .mounted }
      guard response.status == .accepted else {
        throw await client.transport.refusal(response, "beginning an upload")
      }
      return .session(
        try UploadSession(
          response, from: address, size: blob.digest.bytes, chunk: chunk, place: place))
    }

    /// Sends the pieces and closes the upload.
    ///
    /// - Returns: false where the registry does not know the upload any more.
    private func send(
      _ blob: Descriptor, from source: any UploadSource, _ session: inout UploadSession
    ) async throws -> Bool {
      var (stalls, setbacks) = (0, 0)
      while !session.isComplete {
        let before = session.offset
        guard try await sendPiece(try source.read(session.next), &session) else { return false }
        progress.advance(session.offset - before)
        stalls = session.offset > before ? 0 : stalls + 1
        setbacks += session.offset < before ? 1 : 0
        guard stalls < Self.mostStalls, setbacks < Self.mostSetbacks else {
          throw RegistryError(place, "it takes no more of an upload")
        }
        if stalls > 0 {
          try await Task.sleep(for: client.transport.access.retries.pause(after: stalls))
        }
      }
      return try await close(blob, session)
    }

    private func sendPiece(_ bytes: [UInt8], _ session: inout UploadSession) async throws -> Bool {
      let range = session.next
      var request = RegistryRequest(.PATCH, session.address, scopes: scopes)
      // A piece of which a part has arrived is not to be sent again as a whole.
      request.isRepeatable = false
      request.headers.add(name: "content-type", value: "application/octet-stream")
      request.headers.add(
        name: "content-range", value: "\(range.lowerBound)-\(range.upperBound - 1)")
      request.body = ByteBuffer(bytes: bytes)
      let response: HTTPClientResponse
      do { response = try await client.transport.send(request) } catch is RegistryError {
        return try await askWhere(&session)
      }
      switch response.status {
      case .accepted, .noContent, .created:
        try session.move(response)
        return true
      case .notFound: return false
      case .rangeNotSatisfiable: return try await askWhere(&session)
      default: throw await client.transport.refusal(response, "uploading a file")
      }
    }

    /// Asks how much of an upload the registry has.
    ///
    /// - Returns: false where it knows no such upload.
    private func askWhere(_ session: inout UploadSession) async throws -> Bool {
      let response = try await client.transport.send(
        RegistryRequest(.GET, session.address, scopes: scopes))
      guard response.status == .noContent || response.status == .accepted else { return false }
      try session.move(response)
      return true
    }

    private func close(_ blob: Descriptor, _ session: UploadSession) async throws -> Bool {
      let request = RegistryRequest(.PUT, try session.closing(blob), scopes: scopes)
      let response = try await client.transport.send(request)
      switch response.status {
      case .created, .noContent: return true
      // The answer to an attempt that succeeded may have been lost.
      case .notFound: return try await client.has(blob, repository)
      default: throw await client.transport.refusal(response, "closing an upload")
      }
    }
  }
#endif
