import CleaveRuntime

/// The bytes between edge and cloud that the answers of a policy take, for each token of an answer: hidden states
/// of the prompt and of the answer, and cloud requests. What opens and closes a session is not counted.
package struct ExitTraffic: Equatable, Sendable {
  /// The encoding of uploaded hidden states.
  package let encoding: StatesEncoding
  package let bytesUpPerToken: Double
  /// Not counted yet: nil.
  package var bytesDownPerToken: Double?

  /// - Parameters:
  ///   - prompts: at least one token in all.
  ///   - thresholds: one for each exit; nil switches it off.
  package init(
    of prompts: [PromptScores], thresholds: [Double?], hiddenSize: Int, encoding: StatesEncoding
  ) {
    self.encoding = encoding
    let codec = StatesCodec(encoding.format, hiddenSize: hiddenSize)
    func upload(_ positions: Range<Int>) -> Int {
      Message.states(
        .init(
          firstPosition: UInt32(positions.lowerBound), count: UInt32(positions.count),
          encoding: encoding,
          data: Array(repeating: 0, count: positions.count * codec.positionBytes))
      ).wireBytes
    }
    func bytes(_ prompt: PromptScores) -> Int {
      let pieces = stride(from: 0, to: prompt.promptLength, by: WholeModelBatch.largestBatch)
      let uploads = pieces.map { first in
        upload(first..<min(first + WholeModelBatch.largestBatch, prompt.promptLength))
      }
      let asks = prompt.answering(thresholds).enumerated().filter { $0.element == nil }
      let requests = asks.map { token, _ in
        let position = UInt32(prompt.promptLength + token)
        return Message.ask(.init(position: position, sampling: .greedy)).wireBytes
      }
      // The last token of an answer is never fed.
      let states = (1..<max(1, prompt.tokens)).map { token in
        upload(prompt.promptLength + token - 1..<prompt.promptLength + token)
      }
      return (uploads + requests + states).reduce(0, +)
    }
    let total = prompts.reduce(0) { $0 + bytes($1) }
    bytesUpPerToken = Double(total) / Double(prompts.reduce(0) { $0 + $1.tokens })
  }

  /// The traffic in every encoding whose size is known beforehand: those that are not compressed.
  package static func all(
    of prompts: [PromptScores], thresholds: [Double?], hiddenSize: Int
  ) -> [ExitTraffic] {
    StatesEncoding.all.filter { !$0.isCompressed }.map {
      ExitTraffic(of: prompts, thresholds: thresholds, hiddenSize: hiddenSize, encoding: $0)
    }
  }
}
