import CleaveEvaluate
import CleaveTrain

extension LeakageReport {
  /// The report as text.
  var text: String {
    let head = ["depth", "codec", "bytes a token", "nearest neighbour", "inverter", "search"]
    let lines = rows.map {
      [
        "\($0.depth)", $0.format.rawValue, "\($0.bytesPerToken)", $0.nearest.percent,
        $0.inverter.percent, $0.search?.percent ?? "-",
      ]
    }
    return """
      \(data.name): tokens recovered, of \(tokens), from the hidden states that an edge uploads, by attacks trained \
      on \(attackTokens) tokens of \(attackData.name)

      \(table([head] + lines))

      guessing the most common token: \(guessing.percent)
      A search runs the edge's blocks on \(guesses) guesses for each token, of the first \(searchedTokens). Standard errors are clustered by window.
      """
  }
}

extension Estimate {
  fileprivate var percent: String {
    let error = standardError.map { " ± \((100 * $0).fixed(1))" } ?? ""
    return "\((100 * value).fixed(1))\(error) %"
  }
}
