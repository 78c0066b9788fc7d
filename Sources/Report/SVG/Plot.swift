/// A plot with two axes. Sizes are in CSS pixels, at which its text is as large as the page's
/// notes.
struct Plot {
  let width: Double
  let height: Double
  let x: Axis
  let y: Axis
  /// Whether vertical grid lines are drawn too, at the ticks of x.
  var isGridded = false

  static let left = 46.0
  static let (top, right, bottom) = (30.0, 14.0, 48.0)

  var innerWidth: Double { width - Self.left - Self.right }
  var innerHeight: Double { height - Self.top - Self.bottom }
  var floor: Double { Self.top + innerHeight }

  func at(x value: Double) -> Double { Self.left + x.position(value) * innerWidth }
  func at(y value: Double) -> Double { floor - y.position(value) * innerHeight }

  /// Draws the plot.
  ///
  /// - Parameters: - name: a sentence that describes the drawing, for screen readers. - kind: a CSS
  ///   class for the whole drawing.
  func svg(_ name: String, kind: String = "", _ marks: [Markup]) -> Markup {
    """
    <svg class="plot \(kind)" role="img" viewBox="0 0 \(at: width) \(at: height)" aria-label="\(name)">
    \(axes.joined())
    \(marks.joined())
    </svg>
    """
  }

  private var axes: [Markup] {
    let right = width - Self.right
    let rows = y.ticks.map { tick -> Markup in
      """
      <line class="\(tick == y.domain.lowerBound ? "axis" : "gridline")" x1="\(at: Self.left)" \
      x2="\(at: right)" y1="\(at: at(y: tick))" y2="\(at: at(y: tick))"/>\
      <text class="tick" x="\(at: Self.left - 7)" y="\(at: at(y: tick) + 4)" text-anchor="end">\
      \(y.text(tick))</text>
      """
    }
    let columns = x.ticks.map { tick -> Markup in
      let line: Markup =
        isGridded
        ? """
        <line class="gridline" x1="\(at: at(x: tick))" x2="\(at: at(x: tick))" \
        y1="\(at: Self.top)" y2="\(at: floor)"/>
        """ : .empty
      return """
        \(line)<text class="tick" x="\(at: at(x: tick))" y="\(at: floor + 20)" \
        text-anchor="middle">\(x.text(tick))</text>
        """
    }
    let label: Markup = """
      <text class="label" x="\(at: Self.left + innerWidth / 2)" y="\(at: height - 6)" \
      text-anchor="middle">\(x.label)</text>
      """
    // Upright above its axis, because rotated text is hard to read.
    let upper: Markup = "<text class=\"label\" x=\"0\" y=\"13\">\(y.label)</text>"
    return columns + rows + [label, upper]
  }
}
