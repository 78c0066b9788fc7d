/// What a block with a state keeps of a sequence: as many bytes however long the sequence is.
///
/// The inputs of the last positions are kept, so that a convolution has those that it reads after a sequence goes back.
/// A recurrent state is kept as it is after the last position, and as it was at the last two multiples of `reach`
/// positions: going back takes the nearest of these and runs the inputs behind it again.
package struct StateMemory: Equatable, Sendable {
  /// How far a sequence that other parties may take back can always go back.
  package static let standardReach = 32

  /// Numbers that are kept of a position's input.
  package let rowWidth: Int
  /// Numbers of the recurrent state; 0 for a convolution.
  package let stateSize: Int
  /// Positions that the convolution reads, its own among them.
  package let kernel: Int
  /// Positions that a sequence can always go back; 0 for one that only goes on, or begins again.
  package let reach: Int

  /// Rows of inputs that are kept.
  package var rows: Int {
    kernel - 1 + (stateSize == 0 || reach == 0 ? reach : 2 * reach)
  }
  /// Copies of the state: the last, and two that a sequence goes back to.
  package var states: Int { stateSize == 0 ? 0 : reach == 0 ? 1 : 3 }
  package var numbers: Int { rows * rowWidth + states * stateSize }
  package var bytes: Int { numbers * MemoryLayout<Float>.size }
}

extension ModelConfiguration {
  /// What a block with this mixer keeps; nil for attention.
  package func stateMemory(_ mixer: Mixer, reach: Int) -> StateMemory? {
    switch mixer {
    case .attention: nil
    case .convolution:
      convolution.map {
        StateMemory(rowWidth: hiddenSize, stateSize: 0, kernel: $0.kernel, reach: reach)
      }
    case .deltaNet:
      deltaNet.map {
        StateMemory(
          rowWidth: $0.mixedSize + 2 * $0.valueHeads, stateSize: $0.stateSize, kernel: $0.kernel,
          reach: reach)
      }
    }
  }
}
