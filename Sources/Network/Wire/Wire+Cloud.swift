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
          if let feedback = opened.feedback { $0.feedback = self.wire(feedback) }
          $0.statesInAsks = opened.statesInAsks
        }
      case .acknowledged(let positions): wire.acknowledged = .with { $0.positions = positions }
      case .answer(let answer):
        wire.answer = .with {
          $0.position = answer.position
          $0.token = answer.token
          $0.maxProbability = answer.maxProbability
          $0.margin = answer.margin
          $0.exit = answer.exit ?? 0
          if let returned = answer.returned { $0.returned = self.wire(returned) }
        }
      case .returned(let returned): wire.returned = self.wire(returned)
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
        return .opened(
          .init(
            encodings: known(opened.encodings), window: opened.window,
            feedback: opened.hasFeedback ? try feedback(opened.feedback) : nil,
            statesInAsks: opened.statesInAsks))
      case .acknowledged(let acknowledged): return .acknowledged(positions: acknowledged.positions)
      case .answer(let answer):
        return .answer(
          .init(
            position: answer.position, token: answer.token, maxProbability: answer.maxProbability,
            margin: answer.margin, exit: answer.exit == 0 ? nil : answer.exit,
            returned: answer.hasReturned ? try returned(answer.returned) : nil))
      case .returned(let states): return .returned(try returned(states))
      case .lacking(let lacking): return .lacking(positions: lacking.positions)
      case .refusal(let refusal):
        return .refusal(.init(code: try code(refusal.code), text: refusal.text))
      case nil: throw MessageError("the cloud sent a message that this version does not know")
      }
    }

    private static func wire(_ returned: Message.Returned) -> Cleave_Cloud_V1_Returned {
      .with {
        $0.firstPosition = returned.firstPosition
        $0.count = returned.count
        $0.data = Data(returned.data)
      }
    }

    private static func returned(
      _ wire: Cleave_Cloud_V1_Returned
    ) throws(MessageError) -> Message.Returned {
      guard (1...Message.mostPositions).contains(Int(wire.count)) else {
        throw MessageError(
          "\(wire.count) states that come back; expected 1 to \(Message.mostPositions)")
      }
      return Message.Returned(
        firstPosition: wire.firstPosition, count: wire.count, data: Array(wire.data))
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
