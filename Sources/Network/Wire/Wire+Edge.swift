#if Network
  import CleaveRuntime
  import FoundationEssentials

  /// Messages of the edge.
  extension Wire {
    /// Encodes a message of the edge.
    ///
    /// - Throws: `MessageError` for a message that only the cloud sends, and for a top-k that has no encoding.
    package static func edge(_ message: Message) throws(MessageError) -> EdgeMessage {
      var wire = EdgeMessage()
      switch message {
      case .open(let open): wire.open = self.wire(open)
      case .states(let states): wire.states = self.wire(states)
      case .ask(let ask): wire.ask = try self.wire(ask)
      case .rewind(let positions): wire.rewind = .with { $0.positions = positions }
      case .close: wire.close = Cleave_Cloud_V1_Close()
      case .opened, .acknowledged, .answer, .returned, .lacking, .refusal:
        throw MessageError("a message that only the cloud sends")
      }
      return wire
    }

    /// Decodes a message of the edge.
    ///
    /// - Throws: `MessageError` for one that the cloud refuses.
    package static func message(_ wire: EdgeMessage) throws(MessageError) -> Message {
      switch wire.message {
      case .open(let open): return .open(try self.open(open))
      case .states(let states): return .states(try self.states(states))
      case .ask(let ask): return .ask(try self.ask(ask))
      case .rewind(let rewind): return .rewind(positions: rewind.positions)
      case .close: return .close
      case nil: throw MessageError("the edge sent a message that this version does not know")
      }
    }

    private static func wire(_ open: Message.Open) -> Cleave_Cloud_V1_Open {
      .with {
        $0.version = open.version
        $0.modelID = Data(open.modelID)
        $0.firstExit = open.firstExit
        $0.hiddenSize = open.hiddenSize
        ($0.activations, $0.kvCache) = self.wire(open.numerics)
        $0.encodings = open.encodings.map(self.wire)
        if let feedback = open.feedback { $0.feedback = self.wire(feedback) }
        $0.statesInAsks = open.statesInAsks
        $0.exitsMayAnswer = open.exitsMayAnswer
      }
    }

    private static func open(_ wire: Cleave_Cloud_V1_Open) throws(MessageError) -> Message.Open {
      // Checked first: the fields of another version may mean something else.
      try Message.checkVersion(wire.version)
      guard wire.modelID.count == 32 else {
        throw MessageError("a model id of \(wire.modelID.count) bytes; expected 32")
      }
      return Message.Open(
        version: wire.version, modelID: Array(wire.modelID), firstExit: wire.firstExit,
        hiddenSize: wire.hiddenSize, numerics: try numerics(wire.activations, wire.kvCache),
        encodings: known(wire.encodings),
        // Version 3 knows no such field, and passes over it.
        feedback: wire.version >= 4 && wire.hasFeedback ? try feedback(wire.feedback) : nil,
        statesInAsks: wire.statesInAsks, exitsMayAnswer: wire.exitsMayAnswer)
    }

    private static func wire(_ states: Message.States) -> Cleave_Cloud_V1_States {
      .with {
        $0.firstPosition = states.firstPosition
        $0.count = states.count
        $0.encoding = self.wire(states.encoding)
        $0.data = Data(states.data)
      }
    }

    private static func states(
      _ wire: Cleave_Cloud_V1_States
    ) throws(MessageError) -> Message.States {
      guard wire.hasEncoding else { throw MessageError("states without an encoding") }
      guard (1...Message.mostPositions).contains(Int(wire.count)) else {
        throw MessageError(
          "states of \(wire.count) positions; expected 1 to \(Message.mostPositions)")
      }
      return Message.States(
        firstPosition: wire.firstPosition, count: wire.count, encoding: try encoding(wire.encoding),
        data: Array(wire.data))
    }

    private static func wire(_ ask: Message.Ask) throws(MessageError) -> Cleave_Cloud_V1_Ask {
      guard let topK = UInt32(exactly: ask.sampling.topK) else {
        throw MessageError("top-k \(ask.sampling.topK); expected 0 to \(UInt32.max)")
      }
      return .with {
        $0.position = ask.position
        $0.drafts = ask.drafts
        $0.sampling = .with {
          $0.temperature = ask.sampling.temperature
          $0.topK = topK
          $0.topP = ask.sampling.topP
          $0.seed = ask.sampling.seed
        }
        if let states = ask.states { $0.states = self.wire(states) }
      }
    }

    private static func ask(_ wire: Cleave_Cloud_V1_Ask) throws(MessageError) -> Message.Ask {
      guard wire.hasSampling else { throw MessageError("an ask without its sampling") }
      guard wire.drafts.count <= Message.mostDrafts else {
        throw MessageError("\(wire.drafts.count) drafts; expected at most \(Message.mostDrafts)")
      }
      let sampling = Sampling(
        temperature: wire.sampling.temperature, topK: Int(wire.sampling.topK),
        topP: wire.sampling.topP, seed: wire.sampling.seed)
      return Message.Ask(
        position: wire.position, sampling: sampling, drafts: wire.drafts,
        states: wire.hasStates ? try states(wire.states) : nil)
    }
  }
#endif
