import CleaveModel
import CleaveRuntime

/// An attack by somebody who has the edge's blocks, as everybody has those of an open model: it recovers a text from
/// its beginning on, by running the blocks on the tokens recovered so far and a guess, for the guesses that the
/// nearest mean and an inverter find most likely. A guess whose upload has the same bytes is taken at once: hidden states of different prefixes
/// differ in practice (Nikolaou et al. 2025), so that a hit is known to be one. Without a hit the nearest guess is taken.
struct PrefixSearch {
  let model: SteppedStates
  let width: Int
  /// What an upload makes of states.
  let received: ([Float]) throws -> [Float]

  /// - Parameters:
  ///   - given: the tokens that the text is known to begin with.
  ///   - states: of the positions behind them as the cloud receives them, `[positions, hidden]`.
  ///   - guesses: tokens for each of the positions, the likeliest first, at least one.
  /// - Returns: a token for each of the positions.
  func recover(given: [Int], _ states: [Float], guesses: [[Int]]) throws -> [Int] {
    precondition(states.count == guesses.count * width)
    while model.positions > 0 { model.dropLast() }
    _ = try model.append(given)
    return try guesses.enumerated().map { position, guesses in
      let target = states[position * width..<(position + 1) * width]
      let token = try nearest(to: target, of: guesses)
      _ = try model.append([token])
      return token
    }
  }

  private func nearest(to target: ArraySlice<Float>, of guesses: [Int]) throws -> Int {
    var best = (distance: Float.infinity, token: guesses[0])
    for token in guesses {
      let state = try received(try model.append([token]))
      model.dropLast()
      let distance = zip(state, target).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
      if distance < best.distance { best = (distance, token) }
      if distance == 0 { break }
    }
    return best.token
  }
}
