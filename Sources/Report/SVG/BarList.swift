/// A list of horizontal bars, each with its name above and its number at the end.
struct BarList {
  struct Bar {
    let name: String
    /// The length of the bar, at least 0.
    let value: Double
    let text: String
    /// The bar's CSS classes.
    let kind: String
  }

  let bars: [Bar]
  /// The value of a bar as wide as the drawing; nil for the largest value.
  var full: Double?

  private static let (width, row, labels) = (360.0, 40.0, 74.0)

  func svg(_ name: String) -> Markup {
    let most = max(full ?? 0, bars.map(\.value).max() ?? 0)
    let rows = bars.enumerated().map { index, bar in
      row(bar, y: Double(index) * Self.row, share: most > 0 ? bar.value / most : 0)
    }
    return """
      <svg class="plot bars" role="img" viewBox="0 0 \(at: Self.width) \
      \(at: Double(bars.count) * Self.row)" aria-label="\(name)">
      \(rows.joined())
      </svg>
      """
  }

  private func row(_ bar: Bar, y: Double, share: Double) -> Markup {
    let track = Self.width - Self.labels
    return """
      <text class="label" x="0" y="\(at: y + 12)">\(bar.name)</text>\
      <rect class="track" x="0" y="\(at: y + 18)" width="\(at: track)" height="13" rx="2"/>\
      <rect class="mark-bar \(bar.kind)" x="0" y="\(at: y + 18)" width="\(at: track * share)" \
      height="13" rx="2"><title>\(bar.name): \("\(bar.value)")</title></rect>\
      <text class="value" x="\(at: Self.width)" y="\(at: y + 29)" text-anchor="end">\(bar.text)</text>
      """
  }
}
