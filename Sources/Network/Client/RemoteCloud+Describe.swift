#if Network
  import CleaveRuntime
  import GRPCCore
  import GRPCNIOTransportHTTP2Posix

  extension RemoteCloud {
    /// Asks the server what it serves.
    ///
    /// - Throws: `LinkClosed` when no server is there, `RemoteRefused`, `MessageError` for a description that makes no
    ///   sense.
    package func describe() async throws -> CloudDescription {
      do {
        return try await withGRPCClient(transport: try transport()) { client in
          let cloud = Cleave_Cloud_V1_Cloud.Client(wrapping: client)
          var options = CallOptions.defaults
          options.timeout = connectDeadline
          return try await cloud.describe(
            Cleave_Cloud_V1_DescribeRequest(), metadata: metadata, options: options
          ) { try Wire.description(try $0.message) }
        }
      } catch {
        throw RemoteFailure.of(error)
      }
    }
  }

  extension Wire {
    /// Translates what a cloud says of itself.
    ///
    /// - Throws: `MessageError` for a description that no session can be opened with.
    package static func description(
      _ wire: Cleave_Cloud_V1_DescribeResponse
    ) throws(MessageError) -> CloudDescription {
      try CloudDescription(
        version: wire.version, modelID: Array(wire.modelID), firstBlock: wire.firstExit,
        hiddenSize: wire.hiddenSize, numerics: try numerics(wire.activations, wire.kvCache),
        encodings: known(wire.encodings), contextLength: wire.contextLength)
    }
  }
#endif
