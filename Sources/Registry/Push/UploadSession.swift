#if Network
  import AsyncHTTPClient
  import CleaveStorage
  import NIOHTTP1

  /// Where an upload stands, as the registry says it.
  struct UploadSession: Sendable {
    /// The repository, for errors.
    let place: String
    /// The bytes of the blob.
    let size: Int
    /// The address that takes the next piece.
    private(set) var address: String
    /// The bytes that the registry has.
    private(set) var offset = 0
    /// The bytes of a piece, at most.
    let chunk: Int

    /// A piece stands in memory. Registries ask for 5 to 100 MB.
    private static let largestChunk = 1 << 28

    /// - Parameters:
    ///   - response: the registry's to the request for an upload.
    ///   - address: that of the request.
    ///   - chunk: the bytes of a piece; more where the registry takes only more.
    /// - Throws: `RegistryError` where it names no address.
    init(_ response: HTTPClientResponse, from address: String, size: Int, chunk: Int, place: String)
      throws
    {
      self.place = place
      self.size = size
      let least = response.headers.first(name: "oci-chunk-min-length").flatMap { Int($0) } ?? 0
      self.chunk = max(chunk, min(least, Self.largestChunk))
      self.address = try Self.location(of: response, from: address, place)
    }

    var isComplete: Bool { offset == size }
    /// The bytes of the next piece.
    var next: Range<Int> { offset..<(offset + min(chunk, size - offset)) }

    /// Takes over what the registry says after a piece, or when it is asked.
    ///
    /// - Throws: `RegistryError` for a place that is outside of the blob.
    mutating func move(_ response: HTTPClientResponse) throws {
      address = try Self.location(of: response, from: address, place)
      guard let range = response.headers.first(name: "range") else {
        throw RegistryError(place, "no header Range after a piece of an upload")
      }
      let text = range.hasPrefix("bytes=") ? range.dropFirst(6) : range[...]
      guard text.hasPrefix("0-"), let last = Int(text.dropFirst(2)), last >= 0, last < size else {
        throw RegistryError(place, "the header Range: \(range.shown(limit: 80)) of an upload")
      }
      // The reference implementation says 0-0 for no bytes at all too: such a piece is sent again, and a blob of one byte is
      // refused by its digest where it was not there.
      offset = last == 0 && size > 1 ? 0 : last + 1
    }

    /// The address that closes the upload.
    func closing(_ blob: Descriptor) throws -> String {
      guard let address = WebAddress.adding([("digest", blob.reference)], to: address) else {
        throw RegistryError(place, "an address that is none")
      }
      return address
    }

    private static func location(
      of response: HTTPClientResponse, from address: String, _ place: String
    ) throws -> String {
      guard let text = response.headers.first(name: "location"),
        let target = WebAddress.resolve(text, from: address)
      else { throw RegistryError(place, "no address for the upload") }
      return target
    }
  }
#endif
