#if Network
  import GRPCCore

  /// The gRPC service grpc.health.v1, for the server as a whole and for the cloud's service. It needs no token.
  struct HealthService: Grpc_Health_V1_Health.SimpleServiceProtocol {
    let state: ServingState

    private static let services = ["", Cleave_Cloud_V1_Cloud.descriptor.fullyQualifiedService]

    func check(
      request: Grpc_Health_V1_HealthCheckRequest, context: ServerContext
    ) async throws -> Grpc_Health_V1_HealthCheckResponse {
      guard Self.services.contains(request.service) else {
        throw RPCError(code: .notFound, message: "no such service here")
      }
      return Self.response(state.isServing ? .serving : .notServing)
    }

    func watch(
      request: Grpc_Health_V1_HealthCheckRequest,
      response: RPCWriter<Grpc_Health_V1_HealthCheckResponse>, context: ServerContext
    ) async throws {
      guard Self.services.contains(request.service) else {
        // The stream stays open, as grpc.health.v1 says: the service might come.
        try await response.write(Self.response(.serviceUnknown))
        for await _ in state.changes() {}
        return
      }
      for await isServing in state.changes() {
        try await response.write(Self.response(isServing ? .serving : .notServing))
      }
    }

    private static func response(
      _ status: Grpc_Health_V1_HealthCheckResponse.ServingStatus
    ) -> Grpc_Health_V1_HealthCheckResponse { .with { $0.status = status } }
  }
#endif
