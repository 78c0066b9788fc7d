#if Network
  import Hummingbird

  /// What goes with a request on its way through the server.
  struct ServiceContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// Takes nothing more from the client, so that the connection ends with the response.
    let hangUp: @Sendable () -> Void

    init(source: Source) {
      coreContext = .init(source: source)
      let channel = source.channel
      hangUp = { channel.close(mode: .input, promise: nil) }
    }
  }
#endif
