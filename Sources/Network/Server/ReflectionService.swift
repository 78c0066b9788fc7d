#if Network
  import FoundationEssentials
  import GRPCCore
  import SwiftProtobuf

  /// The gRPC service grpc.reflection.v1, for the three services here. It takes clients that may open sessions.
  struct ReflectionService: Grpc_Reflection_V1_ServerReflection.ServiceProtocol {
    private typealias Reply = Grpc_Reflection_V1_ServerReflectionResponse

    let gate: Gate
    private let files: [(descriptor: Google_Protobuf_FileDescriptorProto, bytes: Data)]

    init(gate: Gate) {
      self.gate = gate
      files = FileDescriptors.all.compactMap { text in
        guard let bytes = Data(base64Encoded: text),
          let descriptor = try? Google_Protobuf_FileDescriptorProto(serializedBytes: bytes)
        else { return nil }
        return (descriptor, bytes)
      }
    }

    func serverReflectionInfo(
      request: StreamingServerRequest<Grpc_Reflection_V1_ServerReflectionRequest>,
      context: ServerContext
    ) async throws -> StreamingServerResponse<Grpc_Reflection_V1_ServerReflectionResponse> {
      _ = try gate.identify(request.metadata, context)
      return StreamingServerResponse { writer in
        for try await message in request.messages { try await writer.write(answer(message)) }
        return [:]
      }
    }

    private func answer(_ request: Grpc_Reflection_V1_ServerReflectionRequest) -> Reply {
      .with {
        $0.validHost = request.host
        $0.originalRequest = request
        switch request.messageRequest {
        case .listServices:
          $0.listServicesResponse.service = services.map { name in .with { $0.name = name } }
        case .fileByFilename(let name):
          $0.messageResponse = file { $0.name == name }
        case .fileContainingSymbol(let symbol):
          $0.messageResponse = file { Self.symbols($0).contains(symbol) }
        case .fileContainingExtension, .allExtensionNumbersOfType:
          $0.messageResponse = Self.error(.notFound, "there are no extensions")
        case nil: $0.messageResponse = Self.error(.invalidArgument, "no request")
        }
      }
    }

    private var services: [String] {
      files.flatMap { file in
        file.descriptor.service.map { "\(file.descriptor.package).\($0.name)" }
      }.sorted()
    }

    private func file(
      where matches: (Google_Protobuf_FileDescriptorProto) -> Bool
    ) -> Reply.OneOf_MessageResponse {
      guard let file = files.first(where: { matches($0.descriptor) }) else {
        return Self.error(.notFound, "no such file or symbol")
      }
      return .fileDescriptorResponse(.with { $0.fileDescriptorProto = [file.bytes] })
    }

    private static func error(
      _ code: RPCError.Code, _ text: String
    ) -> Reply.OneOf_MessageResponse {
      .errorResponse(
        .with {
          $0.errorCode = Int32(code.rawValue)
          $0.errorMessage = text
        })
    }

    /// The full names of a file's services, methods, messages and enums.
    private static func symbols(_ file: Google_Protobuf_FileDescriptorProto) -> Set<String> {
      var names: Set<String> = []
      for service in file.service {
        names.insert("\(file.package).\(service.name)")
        for method in service.method {
          names.insert("\(file.package).\(service.name).\(method.name)")
        }
      }
      func add(_ message: Google_Protobuf_DescriptorProto, in scope: String) {
        names.insert("\(scope).\(message.name)")
        for inner in message.nestedType { add(inner, in: "\(scope).\(message.name)") }
        for inner in message.enumType { names.insert("\(scope).\(message.name).\(inner.name)") }
      }
      for message in file.messageType { add(message, in: file.package) }
      for one in file.enumType { names.insert("\(file.package).\(one.name)") }
      return names
    }
  }
#endif
