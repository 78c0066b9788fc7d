/// The section about what training taught the exits, measured on texts that were held out of it.
struct LearningSection {
  let curves: [BuildPage.Curve]

  var markup: Markup {
    .section(
      "learning", "What the exits learnt",
      """
      \(Markup.legend(legend))
      \(Markup.grid([
        figure("Agreement with the model", .share("agrees", 0...top(\.agreement)), \.agreement),
        figure("May answer at 95 % agreement", .share("of tokens", 0...top(\.coverage)), \.coverage),
        figure("Loss", losses, \.loss),
      ]))
      \(Markup.note("On texts that were held out of training. The loss is how far an exit’s distribution is from the model’s."))
      """)
  }

  private var points: [BuildPage.Curve.Point] { curves.flatMap(\.points) }

  private var legend: [(kind: String, text: String)] {
    curves.map { ("key-line \(kind($0))", $0.name) }
  }

  private func kind(_ curve: BuildPage.Curve) -> String {
    "\(Answerer.exit(0, index: curve.exit).kind)\(curve.isFed ? " fed" : "")"
  }

  /// The end of an axis of shares: the next tenth above all of them.
  private func top(_ value: (BuildPage.Curve.Point) -> Double) -> Double {
    let most = points.map(value).max() ?? 1
    return min(1, max(0.1, (most * 10 + 0.2).rounded(.up) / 10))
  }

  private var losses: Axis {
    let (least, most) = (points.map(\.loss).min() ?? 0, points.map(\.loss).max() ?? 1)
    let room = max(0.05 * (most - least), 1e-6)
    return Axis("loss", max(0, least - room)...(most + room)) {
      $0.fixed(most - least < 1 ? 2 : 1)
    }
  }

  private var tokens: Axis {
    let most = Double(points.map(\.tokens).max() ?? 1)
    let (scale, unit) = most >= 2e6 ? (1e6, " M") : most >= 2e3 ? (1e3, " k") : (1, "")
    return Axis("tokens trained on", 0...most, ticks: 4) {
      let value = $0 / scale
      return value == 0 ? "0" : "\(value.fixed(value == value.rounded() ? 0 : 1))\(unit)"
    }
  }

  private func figure(
    _ title: String, _ y: Axis, _ value: (BuildPage.Curve.Point) -> Double
  ) -> Markup {
    let plot = Plot(width: 360, height: 260, x: tokens, y: y)
    return .figure(
      title,
      plot.svg(
        "\(title) of each exit over the tokens trained on",
        curves.flatMap { marks($0, plot, value) }))
  }

  private func marks(
    _ curve: BuildPage.Curve, _ plot: Plot, _ value: (BuildPage.Curve.Point) -> Double
  ) -> [Markup] {
    let places = curve.points.map { (x: Double($0.tokens), y: value($0)) }
    return [plot.line("mark-curve \(kind(curve))", places, title: curve.name)]
      + places.map { place in
        plot.circle(
          "mark-learnt mark-bar \(kind(curve))", place, radius: 3,
          title: "\(curve.name), \(Int(place.x).grouped) tokens: \(place.y.fixed(4))")
      }
  }
}
