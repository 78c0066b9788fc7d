/// The marks of plots. Each has a CSS class, which sets its colours in both themes.
extension Plot {
  typealias Point = (x: Double, y: Double)

  func circle(_ kind: String, _ point: Point, radius: Double, title: String) -> Markup {
    """
    <circle class="\(kind)" cx="\(at: at(x: point.x))" cy="\(at: at(y: point.y))" \
    r="\(at: radius)"><title>\(title)</title></circle>
    """
  }

  func square(_ kind: String, _ point: Point, half: Double, title: String) -> Markup {
    """
    <rect class="\(kind)" x="\(at: at(x: point.x) - half)" y="\(at: at(y: point.y) - half)" \
    width="\(at: 2 * half)" height="\(at: 2 * half)"><title>\(title)</title></rect>
    """
  }

  func cross(_ kind: String, _ point: Point, half: Double, title: String) -> Markup {
    let (x, y) = (at(x: point.x), at(y: point.y))
    return """
      <path class="\(kind)" d="M\(at: x - half) \(at: y - half)L\(at: x + half) \(at: y + half)\
      M\(at: x - half) \(at: y + half)L\(at: x + half) \(at: y - half)"><title>\(title)</title></path>
      """
  }

  /// A bar over a range of both axes. Both ranges must be inside the axes.
  func bar(_ kind: String, x: ClosedRange<Double>, y: ClosedRange<Double>, title: String) -> Markup
  {
    let (left, right) = (at(x: x.lowerBound) + 0.75, at(x: x.upperBound) - 0.75)
    let (top, bottom) = (at(y: y.upperBound), at(y: y.lowerBound))
    return """
      <rect class="\(kind)" x="\(at: left)" y="\(at: top)" width="\(at: max(0.5, right - left))" \
      height="\(at: bottom - top)"><title>\(title)</title></rect>
      """
  }

  /// A line through points, clipped at the top of the plot.
  func line(_ kind: String, _ points: [Point], title: String) -> Markup {
    let path = clipped(points).map { point -> Markup in
      "\(at: at(x: point.x)),\(at: at(y: point.y))"
    }
    return """
      <polyline class="\(kind)" points="\(path.joined(" "))"><title>\(title)</title></polyline>
      """
  }

  /// The longest run of points within the plot, with the points where it enters and leaves.
  private func clipped(_ points: [Point]) -> [Point] {
    let top = y.domain.upperBound
    var runs: [[Point]] = [[]]
    for (index, point) in points.enumerated() {
      if index > 0, (points[index - 1].y > top) != (point.y > top) {
        let before = points[index - 1]
        let share = (top - before.y) / (point.y - before.y)
        runs[runs.count - 1].append((before.x + share * (point.x - before.x), top))
      }
      if point.y <= top { runs[runs.count - 1].append(point) } else { runs.append([]) }
    }
    return runs.max { $0.count < $1.count } ?? []
  }

  /// A horizontal line with a label at its right or left end.
  func level(_ kind: String, y value: Double, _ words: String, atRight: Bool = true) -> Markup {
    let y = at(y: value)
    let x = atRight ? width - Self.right - 4 : Self.left + 6
    return """
      <line class="\(kind)" x1="\(at: Self.left)" x2="\(at: width - Self.right)" y1="\(at: y)" \
      y2="\(at: y)"/><text class="\(kind)-text" x="\(at: x)" y="\(at: y - 6)" \
      text-anchor="\(atRight ? "end" : "start")">\(words)</text>
      """
  }

  /// A vertical line over the full height of the plot.
  func upright(_ kind: String, x value: Double, title: String) -> Markup {
    """
    <line class="\(kind)" x1="\(at: at(x: value))" x2="\(at: at(x: value))" y1="\(at: Self.top - 4)" \
    y2="\(at: floor)"><title>\(title)</title></line>
    """
  }
}
