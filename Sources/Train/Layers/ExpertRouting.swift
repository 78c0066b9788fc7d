import CleaveModel
import Glibc

/// The experts that each row of a batch goes through, with their weights.
struct ExpertRouting {
  /// The rows that go through one expert, rising.
  struct Routes {
    /// The place of the first among the routes of all experts.
    fileprivate(set) var first = 0
    fileprivate(set) var rows: [Int] = []
    fileprivate(set) var weights: [Float] = []

    /// The routes of the rows from this one on.
    func from(_ row: Int) -> Routes {
      let skipped = rows.firstIndex { $0 >= row } ?? rows.count
      return Routes(
        first: first + skipped, rows: Array(rows[skipped...]), weights: Array(weights[skipped...]))
    }
  }

  private(set) var experts: [Routes]
  /// The softmax of each row's scores, `[rows, experts]`.
  private var probabilities: [[Float]] = []

  init(experts: Int) { self.experts = Array(repeating: Routes(), count: experts) }

  /// The best experts of each row, the lower index first among equals.
  ///
  /// - Parameter scores: `[rows, experts]`.
  init(_ scores: MatrixView, _ settings: Experts) {
    self.init(experts: settings.count)
    for row in 0..<scores.rows {
      let own = (0..<settings.count).map { scores.base[row * scores.stride + $0] }
      let powers = own.map { exp($0 - (own.max() ?? 0)) }
      let sum = powers.reduce(0, +)
      let probabilities = powers.map { $0 / sum }
      let best = own.indices.sorted { own[$0] > own[$1] || (own[$0] == own[$1] && $0 < $1) }
        .prefix(settings.perToken)
      let among = settings.normalized ? best.reduce(0) { $0 + probabilities[$1] } : 1
      for expert in best {
        experts[expert].rows.append(row)
        experts[expert].weights.append(probabilities[expert] / among)
      }
      self.probabilities.append(probabilities)
    }
    var first = 0
    for index in experts.indices {
      experts[index].first = first
      first += experts[index].rows.count
    }
  }

  /// No gradient of any route's weight.
  var zeros: [[Float]] { experts.map { _ in [] } }

  /// The gradient of the scores of the last rows, from that of the weights.
  ///
  /// - Parameters:
  ///   - gradients: for each expert, that of the weights of its routes of the rows from `first` on.
  ///   - dScores: `[last rows, experts]`.
  func backward(
    _ gradients: [[Float]], from first: Int, into dScores: MatrixView, _ settings: Experts
  ) {
    dScores.clear()
    var means = [Float](repeating: 0, count: dScores.rows)
    for (routes, gradients) in zip(experts, gradients) {
      let routes = routes.from(first)
      for (index, gradient) in gradients.enumerated() {
        means[routes.rows[index] - first] += routes.weights[index] * gradient
      }
    }
    for (expert, routes) in experts.enumerated() {
      let routes = routes.from(first)
      // With weights that sum to 1 the softmax is over the chosen experts alone.
      if !settings.normalized {
        for row in 0..<dScores.rows {
          dScores.base[row * dScores.stride + expert] =
            -probabilities[first + row][expert] * means[row]
        }
      }
      for (index, gradient) in gradients[expert].enumerated() {
        let row = routes.rows[index] - first
        let place = row * dScores.stride + expert
        dScores.base[place] += routes.weights[index] * gradient
        if settings.normalized { dScores.base[place] -= routes.weights[index] * means[row] }
      }
    }
  }
}
