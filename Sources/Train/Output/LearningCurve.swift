/// An SVG drawing of each exit's held-out agreement over the tokens trained on.
package struct LearningCurve {
  package let depths: [Int]
  package let history: [TrainingRecord]

  package init(depths: [Int], history: [TrainingRecord]) {
    self.depths = depths
    self.history = history
  }

  private static let (width, height, left, top) = (640.0, 400.0, 56.0, 40.0)
  private static let colors = ["#2563eb", "#d97706", "#059669", "#db2777", "#7c3aed", "#475569"]
  private var plotWidth: Double { Self.width - Self.left - 130 }
  private var plotHeight: Double { Self.height - Self.top - 48 }

  private func x(_ tokens: Int) -> Double {
    let most = max(1, history.last?.tokens ?? 1)
    return Self.left + Double(tokens) / Double(most) * plotWidth
  }

  private func y(_ share: Double) -> Double { Self.top + (1 - share) * plotHeight }

  package var svg: String {
    """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Self.text(Self.width)) \
    \(Self.text(Self.height))" font-family="system-ui, sans-serif" font-size="12">
    <style>
    svg { background: #fff; color: #111 } .grid { stroke: #ddd } text { fill: currentColor }
    @media (prefers-color-scheme: dark) { svg { background: #111; color: #eee } .grid { stroke: #333 } }
    </style>
    <text x="\(Self.text(Self.left))" y="20" font-size="14">\
    Held-out agreement with the whole model</text>
    \((axes + depths.indices.map(line)).joined(separator: "\n"))
    </svg>

    """
  }

  private var axes: [String] {
    let right = Self.text(Self.left + plotWidth), bottom = Self.text(Self.top + plotHeight + 18)
    let shares = stride(from: 0.0, through: 1, by: 0.2).map { share in
      let at = Self.text(y(share))
      return """
        <line class="grid" x1="\(Self.text(Self.left))" x2="\(right)" y1="\(at)" y2="\(at)"/>\
        <text x="\(Self.text(Self.left - 8))" y="\(at)" text-anchor="end" \
        dominant-baseline="middle">\(Int((share * 100).rounded())) %</text>
        """
    }
    let most = history.last?.tokens ?? 0
    let tokens = (0...4).map { part in
      let count = most * part / 4
      return "<text x=\"\(Self.text(x(count)))\" y=\"\(bottom)\" text-anchor=\"middle\">"
        + "\(Self.short(count))</text>"
    }
    let label =
      "<text x=\"\(Self.text(Self.left + plotWidth / 2))\" "
      + "y=\"\(Self.text(Self.height - 8))\" text-anchor=\"middle\">tokens trained on</text>"
    return shares + tokens + [label]
  }

  /// The lines of one exit: agreement in full, coverage at 95 % dashed.
  private func line(_ exit: Int) -> String {
    let color = Self.colors[exit % Self.colors.count]
    func path(_ value: (HeldOutScore) -> Double) -> String {
      history.map { "\(Self.text(x($0.tokens))),\(Self.text(y(value($0.scores[exit]))))" }
        .joined(separator: " ")
    }
    let last = history.last?.scores[exit]
    let (agreement, coverage) = (last?.agreement ?? 0, last?.coverage95 ?? 0)
    let labelX = Self.text(Self.left + plotWidth + 6)
    return """
      <polyline fill="none" stroke="\(color)" stroke-width="2" points="\(path(\.agreement))"/>
      <polyline fill="none" stroke="\(color)" stroke-dasharray="5 4" points="\(path(\.coverage95))"/>
      <text x="\(labelX)" y="\(Self.text(y(agreement)))" fill="\(color)" \
      dominant-baseline="middle">exit \(depths[exit]): \(Self.percent(agreement))</text>
      <text x="\(labelX)" y="\(Self.text(y(coverage)))" fill="\(color)" \
      dominant-baseline="middle">at 95 %: \(Self.percent(coverage))</text>
      """
  }

  private static func text(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    return tenths % 10 == 0 ? "\(tenths / 10)" : "\(Double(tenths) / 10)"
  }

  private static func percent(_ share: Double) -> String { text(share * 100) + " %" }

  private static func short(_ count: Int) -> String {
    count >= 1_000_000 ? "\(text(Double(count) / 1e6)) M" : "\(count / 1000) k"
  }
}
