#if Network
  import NIOCore

  /// A channel handler that ends the reads of a connection which closes while it is read.
  ///
  /// NIOHTTP2 keeps a list of the streams that a read of the connection brought frames for, and empties it when the
  /// read is complete. NIO completes no read of a connection that was closed during it, as an error of HTTP/2 does:
  /// with swift-nio-http2 1.46 the list then holds its streams for ever, they their connection, and that 27 KB of
  /// buffers and tables. This handler completes the read in its place, before the pipeline is taken apart. With TLS it
  /// is not needed, because NIOSSL completes every read that it passes on.
  final class ConnectionReads: ChannelInboundHandler {
    typealias InboundIn = NIOAny

    /// Makes the handler the first of a connection's pipeline.
    static func complete(on connection: any Channel) -> EventLoopFuture<Void> {
      connection.eventLoop.makeCompletedFuture {
        try connection.pipeline.syncOperations.addHandler(ConnectionReads(), position: .first)
      }
    }

    func channelInactive(context: ChannelHandlerContext) {
      context.fireChannelInactive()
      // The read that is going on ends first. NIO takes the pipeline apart in a later task of the event loop.
      context.eventLoop.assumeIsolated().execute { context.fireChannelReadComplete() }
    }
  }
#endif
