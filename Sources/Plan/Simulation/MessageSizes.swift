import CleaveModel
import CleaveRuntime

/// The bytes of the protocol's messages in one session, as gRPC carries them.
package struct MessageSizes: Sendable {
  /// Bytes of one position's state, or token, on its way up.
  let upPosition: Int
  /// Bytes of one returned state; 0 where none come back.
  let downPosition: Int
  /// Positions that wait for a request to go out with.
  package let mostHeld: Int
  private let statesOverhead: Int
  private let heldOverhead: Int
  let acknowledgement: Int
  private let ask: Int
  private let draft: Int
  let rewind: Int
  private let answer: Int

  /// - Parameters:
  ///   - width: of a hidden state.
  ///   - positions: about so many are in a text, which their numbers take bytes for.
  package init(
    width: Int, vocabularySize: Int, positions: Int, upload: StatesEncoding,
    feedback: ExitFeedback? = nil
  ) {
    let codec = StatesCodec(upload.format, hiddenSize: width)
    upPosition = codec.positionBytes
    downPosition = feedback.map { StatesCodec($0, hiddenSize: width).positionBytes } ?? 0
    mostHeld = UploadWindow.mostHeld(positionBytes: codec.positionBytes)
    let position = UInt32(positions)
    let states = Message.States(
      firstPosition: position, count: 1, encoding: upload,
      data: Array(repeating: 0, count: codec.positionBytes))
    statesOverhead = Message.states(states).wireBytes - codec.positionBytes
    heldOverhead =
      Message.ask(.init(position: position, sampling: .greedy, states: states)).wireBytes
      - Message.ask(.init(position: position, sampling: .greedy)).wireBytes - codec.positionBytes
    acknowledgement = Message.acknowledged(positions: position).wireBytes
    ask = Message.ask(.init(position: position, sampling: .greedy)).wireBytes
    let token = UInt32(vocabularySize - 1)
    draft =
      Message.ask(.init(position: position, sampling: .greedy, drafts: [token, token])).wireBytes
      - Message.ask(.init(position: position, sampling: .greedy, drafts: [token])).wireBytes
    rewind = Message.rewind(positions: position).wireBytes
    answer =
      Message.answer(.init(position: position, token: token, maxProbability: 1, margin: 1))
      .wireBytes
  }

  func states(_ count: Int) -> Int { count == 0 ? 0 : statesOverhead + count * upPosition }
  package func ask(drafts: Int, states count: Int) -> Int {
    ask + drafts * draft + (count == 0 ? 0 : heldOverhead + count * upPosition)
  }
  package func answer(returned: Int) -> Int { answer + returned * downPosition }
}
