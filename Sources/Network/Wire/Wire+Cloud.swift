#if Network
  import CleaveRuntime
  import FoundationEssentials

  /// Messages of the cloud.
  extension Wire {
    /// Encodes a message of the cloud.
    ///
    /// - Throws: `MessageError` for a message that only the edge sends.
    package static func cloud(_ message: Message) throws(MessageError) -> CloudMessage {
      var wire = CloudMessage()
      switch message {
      case .opened(let opened):
        wire.opened = .with {
          $0.encodings = opened.encodings.map(self.wire)
          $0.window = opened.window
        }
      case .acknowledged(let positions): wire.acknowledged = .with { $0.positions = positions }
      case .answer(let answer):
        wire.answer = .with {
          $0.position = answer.position
          $0.token = answer.token
          $0.maxProbability = answer.maxProbability
          $0.margin = answer.margin
        }
      case .lacking(let positions): wire.lacking = .with { $0.positions = positions }
      case .refusal(let refusal):
        wire.refusal = .with {
          $0.code = self.wire(refusal.code)
          $0.text = refusal.text
        }
      case .open, .states, .ask, .rewind, .close:
        throw MessageError("a message that only the edge sends")
      }
      return wire
    }

    /// Decodes a message of the cloud.
    ///
    /// - Throws: `MessageError` for one that no cloud of this version sends.
    package static func message(_ wire: CloudMessage) throws(MessageError) -> Message {
      switch wire.message {
      case .opened(let opened):
        return .opened(.init(encodings: known(opened.encodings), window: opened.window))
      case .acknowledged(let acknowledged): return .acknowledged(positions: acknowledged.positions)
      case .answer(let answer):
        return .answer(
          .init(
            position: answer.position, token: answer.token, maxProbability: answer.maxProbability,
            margin: answer.margin))
      case .lacking(let lacking): return .lacking(positions: lacking.positions)
      case .refusal(let refusal):
        return .refusal(.init(code: try code(refusal.code), text: refusal.text))
      case nil: throw MessageError("the cloud sent a message that this version does not know")
      }
    }

    /// The number of a refusal code in specs/cloud.proto, which is that of `Message`.
    private static func wire(
      _ code: Message.Refusal.Code
    ) -> Cleave_Cloud_V1_Refusal.Code {
      Cleave_Cloud_V1_Refusal.Code(rawValue: code.rawValue) ?? .unspecified
    }

    private static func code(
      _ wire: Cleave_Cloud_V1_Refusal.Code
    ) throws(MessageError) -> Message.Refusal.Code {
      guard let code = Message.Refusal.Code(rawValue: wire.rawValue) else {
        throw MessageError(
          "the cloud refuses with code \(wire.rawValue), which this version does not know")
      }
      return code
    }
  }
#endif
