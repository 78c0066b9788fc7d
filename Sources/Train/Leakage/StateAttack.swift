import CleaveRuntime

/// Two attacks on the hidden states that an edge uploads at one depth in one encoding, trained on states of
/// texts that the attacker ran.
///
/// - A nearest-neighbour attack by the mean state of each token (`TokenMeans`).
/// - An inverter: the affine map with the least squared error from a state to the embedding of its token, whose
///   result is taken for the token with the nearest embedding. It knows tokens that no text of the attacker's has.
///
/// States and embeddings are divided by their root mean square first, as the next norm of the model would.
package final class StateAttack {
  package let upload: Upload
  private let codec: StatesCodec
  private let width: Int
  private let workers: Workers
  private var means: TokenMeans
  private let equations: NormalEquations
  /// `x + W x + b` of a state x; nil before it is fitted.
  private var inverter: AffineFit?
  private var directions: (rows: [Float], offsets: [Float]) = ([], [])

  /// What an edge uploads.
  package struct Upload: Hashable, Sendable {
    let depth: Int
    let format: StatesEncoding.Format

    package init(depth: Int, format: StatesEncoding.Format) {
      self.depth = depth
      self.format = format
    }
  }

  package init(_ upload: Upload, width: Int, workers: Workers) {
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
  package func learn(_ tokens: [Int], _ states: [Float], embeddings: [Float]) throws {
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
  package func fit(ridge: Double, of name: String) throws {
    inverter = try equations.solution(target: 0, rank: nil, ridge: ridge, of: name)
    directions = means.directions()
  }

  /// The token with the nearest mean, for each state.
  ///
  /// - Parameter states: `[tokens, width]`, as received.
  package func nearest(_ states: [Float]) -> [Int] {
    let (rows, offsets) = directions
    let largest = LargestProducts(width: width, workers: workers, count: 1)
    return largest(states.withUnitRows(width), rows: means.tokens.count) { range in
      (Array(rows[range.lowerBound * width..<range.upperBound * width]), Array(offsets[range]))
    }.map { means.tokens[$0[0]] }
  }

  /// What the inverter takes for the embeddings of the tokens, for each state.
  ///
  /// - Parameter states: `[tokens, width]`, as received.
  /// - Returns: `[tokens, width]`.
  package func inverted(_ states: [Float]) -> [Float] {
    guard let inverter else { preconditionFailure("the attacks are not trained") }
    let unit = states.withUnitRows(width)
    let (input, output) = (FloatBuffer(unit.count), FloatBuffer(unit.count))
    let (matrix, bias) = (FloatBuffer(width * width), FloatBuffer(width))
    input.copy(unit)
    output.copy(unit)
    matrix.copy(inverter.matrices[0])
    bias.copy(inverter.bias)
    let result = output.matrix(unit.count / width, width)
    Product(workers: workers, precision: .float32)(
      input.matrix(unit.count / width, width), matrix.matrix(width, width), bTransposed: true,
      into: result, adding: true)
    result.addToRows(bias.matrix(1, width))
    return output.array(0..<output.count)
  }

  /// States as they are after an upload.
  package func received(_ states: [Float]) throws -> [Float] {
    try codec.decode(codec.encode(states), count: states.count / width)
  }
}

extension [Float] {
  /// The rows of a matrix of this width, each divided by its root mean square; rows of zeros stay.
  package func withUnitRows(_ width: Int) -> [Float] {
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
