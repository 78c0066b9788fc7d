#if Network
  import NIOCore
  import NIOHTTP1

  /// One request to a registry.
  struct RegistryRequest: Sendable {
    var method: HTTPMethod
    /// The whole address.
    var address: String
    var headers: HTTPHeaders = [:]
    var body: ByteBuffer?
    /// What the client must be allowed to do, as `repository:models/edge:pull,push`.
    var scopes: [String]
    /// Whether the request is sent again where it fails. One that changes what it is about is not.
    var isRepeatable = true

    init(_ method: HTTPMethod, _ address: String, scopes: [String]) {
      self.method = method
      self.address = address
      self.scopes = scopes
    }
  }
#endif
