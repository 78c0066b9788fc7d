#if Network
  import CleaveNetwork
  import CleaveRuntime
  import SwiftProtobuf

  extension FuzzTarget {
    /// A message of the edge as a network carries it.
    static let edgeMessage = FuzzTarget("edge-message", refuses: isRefusal) { input in
      let message = try Wire.message(try Wire.EdgeMessage(serializedBytes: input))
      let bytes: [UInt8] = try Wire.edge(message).serializedBytes()
      try checkSize(message, bytes)
      let again = try reread("a message") {
        try Wire.message(try Wire.EdgeMessage(serializedBytes: bytes))
      }
      let same: [UInt8] = try Wire.edge(again).serializedBytes()
      try require(same == bytes, "a message read and written is the same")
    }

    /// A message of the cloud as a network carries it.
    static let cloudMessage = FuzzTarget("cloud-message", refuses: isRefusal) { input in
      let message = try Wire.message(try Wire.CloudMessage(serializedBytes: input))
      let bytes: [UInt8] = try Wire.cloud(message).serializedBytes()
      try checkSize(message, bytes)
      let again = try reread("a message") {
        try Wire.message(try Wire.CloudMessage(serializedBytes: bytes))
      }
      let same: [UInt8] = try Wire.cloud(again).serializedBytes()
      try require(same == bytes, "a message read and written is the same")
    }

    private static func checkSize(_ message: CleaveRuntime.Message, _ bytes: [UInt8]) throws {
      // gRPC puts five bytes before each message.
      try require(
        message.wireBytes == bytes.count + 5,
        "\(message.wireBytes) is the size on the wire, which is \(bytes.count + 5)")
    }

    @Sendable private static func isRefusal(_ error: any Error) -> Bool {
      error is MessageError || error is SwiftProtobufError || error is BinaryDecodingError
    }
  }
#endif
