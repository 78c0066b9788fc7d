#if Network
  import CleaveRuntime
  import FoundationEssentials

  /// The translation between `Message` and the Protobuf messages of specs/cloud.proto: what both directions have in
  /// common. Fields from a network are checked here for values that exist; whether a message fits the session is
  /// checked by its receiver.
  package enum Wire {
    package typealias EdgeMessage = Cleave_Cloud_V1_EdgeMessage
    package typealias CloudMessage = Cleave_Cloud_V1_CloudMessage

    /// Translates an encoding.
    ///
    /// - Throws: `MessageError` for a format that this version does not know.
    static func encoding(_ wire: Cleave_Cloud_V1_Encoding) throws(MessageError) -> StatesEncoding {
      StatesEncoding(try format(wire.format), isCompressed: wire.zstd)
    }

    /// Translates what comes back.
    ///
    /// - Throws: `MessageError` for a format that this version does not know.
    static func feedback(
      _ wire: Cleave_Cloud_V1_Feedback
    ) throws(MessageError) -> Message.Feedback {
      Message.Feedback(depth: wire.depth, format: try format(wire.format))
    }

    static func wire(_ feedback: Message.Feedback) -> Cleave_Cloud_V1_Feedback {
      .with {
        $0.depth = feedback.depth
        $0.format = wire(feedback.format)
      }
    }

    private static func format(
      _ wire: Cleave_Cloud_V1_Format
    ) throws(MessageError) -> StatesEncoding.Format {
      switch wire {
      case .float32: .float32
      case .float16: .float16
      case .int8: .int8
      case .int4: .int4
      case .tokens: .tokens
      case .unspecified, .UNRECOGNIZED:
        throw MessageError("states in format \(wire.rawValue); expected 1 to 5", code: .encoding)
      }
    }

    private static func wire(_ format: StatesEncoding.Format) -> Cleave_Cloud_V1_Format {
      switch format {
      case .float32: .float32
      case .float16: .float16
      case .int8: .int8
      case .int4: .int4
      case .tokens: .tokens
      }
    }

    /// The encodings that this version knows; the other side may know more.
    static func known(_ wire: [Cleave_Cloud_V1_Encoding]) -> [StatesEncoding] {
      wire.compactMap { try? encoding($0) }
    }

    static func wire(_ encoding: StatesEncoding) -> Cleave_Cloud_V1_Encoding {
      var wire = Cleave_Cloud_V1_Encoding()
      wire.zstd = encoding.isCompressed
      wire.format = self.wire(encoding.format)
      return wire
    }

    static func numerics(
      _ activations: Cleave_Cloud_V1_Activations, _ cache: Cleave_Cloud_V1_KvCache
    ) throws(MessageError) -> Numerics {
      let ours: (Numerics.Activations, Numerics.Cache)
      switch activations {
      case .float32: ours.0 = .float32
      case .int8: ours.0 = .int8
      case .unspecified, .UNRECOGNIZED:
        throw MessageError("activations \(activations.rawValue); expected 1 or 2")
      }
      switch cache {
      case .f32: ours.1 = .f32
      case .f16: ours.1 = .f16
      case .q80: ours.1 = .q8_0
      case .unspecified, .UNRECOGNIZED:
        throw MessageError("KV cache \(cache.rawValue); expected 1, 2 or 3")
      }
      return Numerics(activations: ours.0, cache: ours.1)
    }

    static func wire(
      _ numerics: Numerics
    ) -> (activations: Cleave_Cloud_V1_Activations, cache: Cleave_Cloud_V1_KvCache) {
      let activations: Cleave_Cloud_V1_Activations =
        switch numerics.activations {
        case .float32: .float32
        case .int8: .int8
        }
      let cache: Cleave_Cloud_V1_KvCache =
        switch numerics.cache {
        case .f32: .f32
        case .f16: .f16
        case .q8_0: .q80
        }
      return (activations, cache)
    }
  }
#endif
