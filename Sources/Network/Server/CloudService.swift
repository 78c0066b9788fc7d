#if Network
  import CleaveModel
  import CleaveRuntime
  import FoundationEssentials
  import GRPCCore
  import Logging

  /// The gRPC service of specs/cloud.proto, over a context manager. Each stream is a session of its own.
  struct CloudService: Cleave_Cloud_V1_Cloud.ServiceProtocol {
    let manager: any SessionHost
    let identity: CloudIdentity
    let state: ServingState
    let counters: ServerCounters
    let gate: Gate
    let logger: Logger
    /// The longest wait for a stream's first message.
    let openDeadline: Duration
    /// The most bytes of replies that wait for a peer that does not read.
    let mostWaitingBytes: Int

    func describe(
      request: ServerRequest<Cleave_Cloud_V1_DescribeRequest>, context: ServerContext
    ) async throws -> ServerResponse<Cleave_Cloud_V1_DescribeResponse> {
      _ = try identify(request.metadata, context)
      return ServerResponse(message: identity.description)
    }

    func session(
      request: StreamingServerRequest<Cleave_Cloud_V1_EdgeMessage>, context: ServerContext
    ) async throws -> StreamingServerResponse<Cleave_Cloud_V1_CloudMessage> {
      let client = try identify(request.metadata, context)
      return StreamingServerResponse { writer in
        let session = SessionStream(service: self, client: client, peer: context.remotePeer)
        try await session.run(request.messages, writer)
        return [:]
      }
    }

    private func identify(_ metadata: Metadata, _ context: ServerContext) throws -> String {
      do { return try gate.identify(metadata, context) } catch {
        counters.noteUnauthenticated()
        logger.warning("a client is turned away", metadata: ["peer": "\(context.remotePeer)"])
        throw error
      }
    }
  }
#endif
