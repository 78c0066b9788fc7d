import CleaveModel
import CleaveRuntime

/// The bytes between edge and cloud that the answers of a policy take, for each token of an answer: hidden states
/// of the prompt and of the answer, cloud requests, acknowledgements, and answers with the states that come back. What
/// opens and closes a session is not counted, and every answer is counted as one of the vocabulary's last token.
package struct ExitTraffic: Equatable, Sendable {
  /// The encoding of uploaded hidden states.
  package let encoding: StatesEncoding
  package let bytesUpPerToken: Double
  package let bytesDownPerToken: Double

  /// - Parameters:
  ///   - prompts: at least one token in all.
  ///   - thresholds: one for each exit; nil switches it off. They say where the cloud is asked, unless the scores
  ///     do.
  ///   - feedback: the states that come back; nil for none.
  package init(
    of prompts: [PromptScores], thresholds: [Double?], hiddenSize: Int, vocabularySize: Int,
    encoding: StatesEncoding, feedback: ExitFeedback? = nil
  ) {
    self.encoding = encoding
    let down = feedback.map { StatesCodec($0, hiddenSize: hiddenSize).positionBytes }
    var (up, back, tokens) = (0, 0, 0)
    let codec = StatesCodec(encoding.format, hiddenSize: hiddenSize)
    for prompt in prompts {
      let asks = prompt.asks(thresholds)
      for message in Self.messages(prompt, asks, encoding, codec) {
        up += message.wireBytes
        // States in an ask are acknowledged by its answer.
        guard case .states(let states) = message else { continue }
        let positions = states.firstPosition + states.count
        back += Message.acknowledged(positions: positions).wireBytes
      }
      back += Self.answers(at: asks, positionBytes: down, token: UInt32(vocabularySize - 1))
      tokens += prompt.tokens
    }
    bytesUpPerToken = Double(up) / Double(tokens)
    bytesDownPerToken = Double(back) / Double(tokens)
  }

  /// The traffic in every encoding whose size is known beforehand: those that are not compressed.
  package static func all(
    of prompts: [PromptScores], thresholds: [Double?], _ configuration: ModelConfiguration,
    feedback: ExitFeedback? = nil
  ) -> [ExitTraffic] {
    StatesEncoding.all.filter { !$0.isCompressed }.map {
      ExitTraffic(
        of: prompts, thresholds: thresholds, hiddenSize: configuration.hiddenSize,
        vocabularySize: configuration.vocabularySize, encoding: $0, feedback: feedback)
    }
  }

  /// The messages of an edge: states of the prompt in pieces, then of each token; as many as may wait for a request
  /// go with it.
  private static func messages(
    _ prompt: PromptScores, _ asks: [Int], _ encoding: StatesEncoding, _ codec: StatesCodec
  ) -> [Message] {
    let asks = Set(asks)
    var (messages, sent): ([Message], Int) = ([], 0)
    func states(before end: Int) -> Message.States {
      defer { sent = end }
      return Message.States(
        firstPosition: UInt32(sent), count: UInt32(end - sent), encoding: encoding,
        data: Array(repeating: 0, count: (end - sent) * codec.positionBytes))
    }
    let mostHeld = UploadWindow.mostHeld(positionBytes: codec.positionBytes)
    for end in uploads(prompt) {
      if end - sent > mostHeld { messages.append(.states(states(before: end))) }
      guard asks.contains(end) else { continue }
      let carried = end > sent ? states(before: end) : nil
      messages.append(.ask(.init(position: UInt32(end), sampling: .greedy, states: carried)))
    }
    return messages
  }

  /// The positions that have been uploaded after each piece of the prompt, and after each token.
  private static func uploads(_ prompt: PromptScores) -> [Int] {
    let length = prompt.promptLength
    let pieces = stride(from: 0, to: length, by: WholeModelBatch.largestBatch).map { first in
      min(first + WholeModelBatch.largestBatch, length)
    }
    // The last token of an answer is never fed.
    return pieces + (1..<max(1, prompt.tokens)).map { length + $0 }
  }

  /// The bytes of the answers at these positions.
  ///
  /// - Parameters:
  ///   - positionBytes: those of a returned state; nil where none come back.
  ///   - token: what every answer is counted with.
  private static func answers(at positions: [Int], positionBytes: Int?, token: UInt32) -> Int {
    var (bytes, sent) = (0, 0)
    for position in positions {
      var answer = Message.CloudAnswer(
        position: UInt32(position), token: token, maxProbability: 1, margin: 1)
      if let positionBytes {
        // As many as fit the answer are in it, the others in messages before it.
        while position - sent > Message.mostPositions {
          bytes += Message.returned(returned(sent, Message.mostPositions, positionBytes)).wireBytes
          sent += Message.mostPositions
        }
        answer.returned = returned(sent, position - sent, positionBytes)
        sent = position
      }
      bytes += Message.answer(answer).wireBytes
    }
    return bytes
  }

  private static func returned(
    _ first: Int, _ count: Int, _ positionBytes: Int
  ) -> Message.Returned {
    Message.Returned(
      firstPosition: UInt32(first), count: UInt32(count),
      data: Array(repeating: 0, count: count * positionBytes))
  }
}

extension PromptScores {
  /// The positions that the cloud is asked about.
  fileprivate func asks(_ thresholds: [Double?]) -> [Int] {
    let isAsked = asked ?? answering(thresholds).map { $0 == nil }
    return isAsked.indices.filter { isAsked[$0] }.map { promptLength + $0 }
  }
}
