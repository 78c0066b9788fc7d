import CleaveKernels
import CleaveModel
import Glibc

/// What a block with a state remembers of one sequence: the inputs of its last positions, its recurrent state, and
/// what it takes to go back (`StateMemory`).
///
/// Going back happens when the positions that follow arrive: `goBack` says which of the inputs are to run again.
final class BlockState {
  let memory: StateMemory
  /// Inputs `[rows, rowWidth]`, position p in row p % rows; then the states, the last first.
  private let numbers: UnsafeMutablePointer<Float>
  /// Positions that have run.
  private(set) var positions = 0
  /// The first position whose input is still there, of all that ran.
  private var oldest = 0
  /// The positions behind which the copies of the state stand; nil for one that is no more.
  private var copies: [Int?] = [0, nil]

  /// - Returns: nil when there is no memory for it.
  init?(_ memory: StateMemory) {
    guard let numbers = calloc(memory.numbers, MemoryLayout<Float>.stride) else { return nil }
    self.memory = memory
    self.numbers = numbers.assumingMemoryBound(to: Float.self)
  }

  deinit { free(numbers) }

  private func state(_ index: Int) -> UnsafeMutablePointer<Float> {
    numbers + memory.rows * memory.rowWidth + index * memory.stateSize
  }

  /// - Returns: whether the position after the first `position` may come next.
  func reaches(_ position: Int) -> Bool { position >= positions || start(for: position) != nil }

  /// The last position from which what is kept leads to this one: its own, where there is no recurrent state.
  private func start(for position: Int) -> Int? {
    guard position > 0 else { return 0 }
    guard position <= positions else { return nil }
    let start =
      memory.stateSize == 0
      ? position
      : memory.reach == 0 ? nil : copies.compactMap(\.self).filter { $0 <= position }.max()
    guard let start, start - (memory.kernel - 1) >= oldest || oldest == 0 else { return nil }
    return start
  }

  /// Makes this position the next one.
  ///
  /// - Returns: the positions before it whose inputs are to run again, from the state as it is now.
  func goBack(to position: Int) -> Range<Int> {
    guard position != positions else { return position..<position }
    guard let start = start(for: position) else {
      preconditionFailure("position \(position) of \(positions) is not kept")
    }
    positions = start
    if start == 0 { oldest = 0 }
    guard memory.stateSize > 0 else { return start..<position }
    let size = memory.stateSize * MemoryLayout<Float>.stride
    if start == 0 {
      memset(state(0), 0, size * memory.states)
      copies = [0, nil]
    } else if let copy = copies.firstIndex(of: start) {
      memcpy(state(0), state(1 + copy), size)
      for index in copies.indices where copies[index].map({ $0 > start }) == true {
        copies[index] = nil
      }
    }
    return start..<position
  }

  /// Notes that so many positions more have run.
  func advance(_ count: Int) {
    let before = positions
    positions += count
    oldest = max(oldest, positions - memory.rows)
    guard memory.stateSize > 0, memory.reach > 0 else { return }
    for multiple
      in (before / memory.reach + 1)..<max(
        before / memory.reach + 1, positions / memory.reach + 1)
    {
      copies[multiple % 2] = multiple * memory.reach
    }
  }

  /// Copies the kept inputs of these positions: `[range.count, width]`, from number `offset` of each.
  func copyRows(
    _ range: Range<Int>, offset: Int, width: Int, to target: UnsafeMutablePointer<Float>
  ) {
    precondition(range.lowerBound >= oldest && offset + width <= memory.rowWidth)
    for (index, position) in range.enumerated() {
      let row = numbers + position % memory.rows * memory.rowWidth + offset
      (target + index * width).update(from: row, count: width)
    }
  }

  /// The kept inputs as the kernels take them, for the columns that follow.
  func rows(column: Int, count: Int) -> ck_kept_span {
    ck_kept_span(
      kept: numbers, rows: memory.rows, row_width: memory.rowWidth, first_position: positions,
      column: column, columns: count)
  }

  /// The recurrent state as the kernels take it, for the columns that follow.
  func recurrence(column: Int, count: Int) -> ck_delta_span {
    let last = memory.states - 1
    return ck_delta_span(
      state: state(0), checkpoints: (state(min(1, last)), state(min(2, last))),
      interval: memory.reach, first_position: positions, column: column, columns: count)
  }
}
