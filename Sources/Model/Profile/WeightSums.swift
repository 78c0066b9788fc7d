import CleaveStorage

/// The numbers of weights of parts that follow one another, by type, summed so that any run of them is one
/// subtraction.
struct WeightSums: Sendable {
  /// Weights of matrices of one type.
  struct Run: Sendable {
    let type: TensorType
    /// Whether they are those of all experts of a mixture, of which a token goes through some.
    let isExpert: Bool
    /// The weights of the parts before each, and of all.
    var before: [Double]
  }

  private(set) var runs: [Run] = []
  private var count = 0

  /// Appends a part.
  ///
  /// - Parameter weights: the part's matrices.
  mutating func append(_ weights: [(type: TensorType, isExpert: Bool, count: Double)]) {
    for index in runs.indices { runs[index].before.append(runs[index].before[count]) }
    count += 1
    for weight in weights {
      let known = runs.firstIndex { $0.type == weight.type && $0.isExpert == weight.isExpert }
      if let known {
        runs[known].before[count] += weight.count
      } else {
        let before = [Double](repeating: 0, count: count) + [weight.count]
        runs.append(Run(type: weight.type, isExpert: weight.isExpert, before: before))
      }
    }
  }

  /// Seconds of the products of a run of parts.
  ///
  /// - Parameters:
  ///   - columns: of products that every column goes through.
  ///   - expert: the columns that an expert gets in the mean, and the share of experts that get any.
  func seconds(
    _ parts: Range<Int>, columns: Double, expert: (columns: Double, share: Double),
    on costs: ProcessorCosts
  ) -> Double {
    runs.reduce(0) { sum, run in
      let weights = run.before[parts.upperBound] - run.before[parts.lowerBound]
      guard weights > 0 else { return sum }
      if run.isExpert {
        return sum + weights * expert.share * costs.weight(run.type, columns: expert.columns)
      }
      return sum + weights * costs.weight(run.type, columns: columns)
    }
  }
}
