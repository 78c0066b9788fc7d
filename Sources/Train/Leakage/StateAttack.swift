import CleaveRuntime

/// Two attacks on the hidden states that an edge uploads at one depth in one encoding, trained on states of
/// texts that the attacker ran.
///
/// - A nearest-neighbour attack by the mean state of each token (`TokenMeans`).
/// - An inverter: the affine map with the least squared error from a state to the embedding of its token, whose
///   result is taken for the token with the nearest embedding. It knows tokens that no text of the attacker's has.
///
/// States and embeddings are divided by their root mean square first, as the next norm of the model would.
final class StateAttack {
  let upload: Upload
  private let codec: StatesCodec
  private let width: Int
  private let workers: Workers
  private var means: TokenMeans
  private let equations: NormalEquations
  /// What the attacker has trained; nil before.
  private var trained: (inverter: AffineFit, directions: (rows: [Float], offsets: [Float]))?

  /// What an edge uploads.
  struct Upload: Hashable {
    let depth: Int
    let format: StatesEncoding.Format
  }

  init(_ upload: Upload, width: Int, workers: Workers) {
    self.upload = upload
    self.width = width
    self.workers = workers
    codec = StatesCodec(upload.format, hiddenSize: width)
    means = TokenMeans(width: width)
    equations = NormalEquations(width: width, targets: 1, workers: workers)
  }

  var bytesPerToken: Int { codec.positionBytes }
  /// The token that the attacker saw most often.
  var mostCommonToken: Int? { means.mostCommon }

  /// Adds positions that the attacker ran.
  ///
  /// - Parameters:
  ///   - states: `[tokens, width]`, before they are encoded.
  ///   - embeddings: of the tokens, `[tokens, width]`, of root mean square 1.
  func learn(_ tokens: [Int], _ states: [Float], embeddings: [Float]) throws {
    let seen = try received(states).withUnitRows(width)
    means.add(tokens, seen)
    let buffer = FloatBuffer(seen.count)
    buffer.copy(seen)
    equations.add(
      buffer.matrix(tokens.count, width), [embeddings],
      weights: Array(repeating: 1, count: tokens.count))
  }

  /// Fits both attacks to what was learnt.
  ///
  /// - Throws: `InputError` where the states define no map.
  func fit(ridge: Double, of name: String) throws {
    trained = (
      try equations.solution(target: 0, rank: nil, ridge: ridge, of: name), means.directions()
    )
  }

  /// The tokens that each attack takes states for.
  struct Recovered {
    /// A token for each state, by the nearest mean.
    let nearest: [Int]
    /// Tokens for each state by the inverter, the likeliest first.
    let inverted: [[Int]]
  }

  /// - Parameters:
  ///   - states: `[tokens, width]`, before they are encoded.
  ///   - guesses: the number of tokens that the inverter says for each state.
  ///   - vocabulary: the number of tokens, and their embeddings of root mean square 1, `[range, width]`.
  func recover(
    _ states: [Float], guesses: Int = 1,
    vocabulary: (size: Int, embeddings: (Range<Int>) throws -> [Float])
  ) throws -> Recovered {
    guard let trained else { preconditionFailure("the attacks are not trained") }
    let seen = try received(states).withUnitRows(width)
    let (rows, offsets) = trained.directions
    let nearest = LargestProducts(width: width, workers: workers, count: 1)(
      seen, rows: means.tokens.count
    ) { range in
      (Array(rows[range.lowerBound * width..<range.upperBound * width]), Array(offsets[range]))
    }
    let inverted = try LargestProducts(width: width, workers: workers, count: guesses)(
      apply(trained.inverter, to: seen), rows: vocabulary.size
    ) { range in
      (try vocabulary.embeddings(range), Array(repeating: 0, count: range.count))
    }
    return Recovered(nearest: nearest.map { means.tokens[$0[0]] }, inverted: inverted)
  }

  /// States as they are after an upload.
  func received(_ states: [Float]) throws -> [Float] {
    try codec.decode(codec.encode(states), count: states.count / width)
  }

  /// `x + W x + b` of each state x.
  private func apply(_ inverter: AffineFit, to states: [Float]) -> [Float] {
    let (input, output) = (FloatBuffer(states.count), FloatBuffer(states.count))
    let (matrix, bias) = (FloatBuffer(width * width), FloatBuffer(width))
    input.copy(states)
    output.copy(states)
    matrix.copy(inverter.matrices[0])
    bias.copy(inverter.bias)
    let result = output.matrix(states.count / width, width)
    Product(workers: workers, precision: .float32)(
      input.matrix(states.count / width, width), matrix.matrix(width, width), bTransposed: true,
      into: result, adding: true)
    result.addToRows(bias.matrix(1, width))
    return output.array(0..<output.count)
  }
}

extension [Float] {
  /// The rows of a matrix of this width, each divided by its root mean square; rows of zeros stay.
  func withUnitRows(_ width: Int) -> [Float] {
    var result = self
    for start in stride(from: 0, to: count, by: width) {
      let squares = self[start..<start + width].reduce(0) { $0 + $1 * $1 }
      let size = (squares / Float(width)).squareRoot()
      guard size > 0 else { continue }
      for index in start..<start + width { result[index] /= size }
    }
    return result
  }
}
