import CleaveStorage

/// A page that shows the choices of a deployment: how long an answer takes against what it costs the cloud, and a table of
/// those that no other beats.
package struct PlanPage: Sendable {
  /// A choice in the plot.
  package struct Point: Sendable {
    let seconds: Double
    let cloudMilliseconds: Double
    /// The index of its mode in `modes`.
    let mode: Int
    let isOnFront: Bool
    let isBest: Bool
    /// The choice in words.
    let name: String

    /// - Parameters:
    ///   - seconds: of a whole answer.
    ///   - cloudMilliseconds: of the server's time for each token.
    package init(
      seconds: Double, cloudMilliseconds: Double, mode: Int, isOnFront: Bool, isBest: Bool,
      name: String
    ) {
      self.seconds = seconds
      self.cloudMilliseconds = cloudMilliseconds
      self.mode = mode
      self.isOnFront = isOnFront
      self.isBest = isBest
      self.name = name
    }
  }

  private let title: String
  private let statements: [String]
  private let modes: [String]
  private let points: [Point]
  private let header: [String]
  private let rows: [[String]]

  /// - Parameters:
  ///   - title: what was planned.
  ///   - statements: what is best, and beside what.
  ///   - modes: the names that points refer to.
  ///   - points: at least one.
  ///   - header, rows: the table.
  package init(
    title: String, statements: [String], modes: [String], points: [Point], header: [String],
    rows: [[String]]
  ) {
    precondition(points.allSatisfy { modes.indices.contains($0.mode) })
    self.title = title
    self.statements = statements
    self.modes = modes
    self.points = points
    self.header = header
    self.rows = rows
  }

  package var html: String {
    Page(title: "\(title) · cleave plan", sections: [top, front]).markup.html
  }

  /// Writes the page beside the target and renames it into place. Another report there is replaced.
  ///
  /// - Parameter sources: the paths of what it was made from, which it must not replace.
  /// - Throws: `InputError` where another file is there, `OutputError` if it cannot be written.
  package func write(to target: String, sources: [String]) throws {
    try Report.check(target)
    let page = Array(html.utf8)
    try StagedOutput.writeFile(
      target, sources: sources, format: .file(replaces: Report.isReport), force: true
    ) { try $0.write(page) }
  }

  private var top: Markup {
    let lines = statements.map { "<p class=\"standalone\">\($0)</p>" as Markup }
    return "<p class=\"eyebrow\">plan</p><h1>\(title)</h1>\n\(lines.joined())"
  }

  private var front: Markup {
    .section(
      "front", "What each choice takes",
      """
      \(legend)
      \(plot(width: 832, height: 420).svg("Seconds of an answer against milliseconds of the cloud", kind: "wide", marks(832, 420)))
      \(plot(width: 360, height: 360).svg("Seconds of an answer against milliseconds of the cloud", kind: "narrow", marks(360, 360)))
      \(Markup.table("Choices that no other beats", header: header, rows: rows.map { $0.map { "\($0)" } }))
      """)
  }

  private var legend: Markup {
    let used = Set(points.map(\.mode))
    return .legend(
      modes.indices.filter(used.contains).map { ("key-mode exit-\($0)", modes[$0]) }
        + [
          ("key-tuning", "beaten by another, or beyond the bounds"),
          ("key-chosen", "the best by the objective"),
        ])
  }

  private func plot(width: Double, height: Double) -> Plot {
    let front = points.filter { $0.isOnFront || $0.isBest }
    let seconds = front.map(\.seconds).max() ?? 1
    let cloud = front.map(\.cloudMilliseconds).max() ?? 1
    return Plot(
      width: width, height: height,
      x: Axis("seconds of an answer", 0...(1.1 * seconds)) { $0.fixed(seconds < 2 ? 2 : 1) },
      y: Axis("ms of the cloud a token", 0...max(1.15 * cloud, 1e-6)) {
        $0.fixed(cloud < 5 ? 2 : 0)
      },
      isGridded: true)
  }

  private func marks(_ width: Double, _ height: Double) -> [Markup] {
    let plot = plot(width: width, height: height)
    let shown = points.filter {
      $0.seconds <= plot.x.domain.upperBound && $0.cloudMilliseconds <= plot.y.domain.upperBound
    }
    return shown.sorted { !$0.isOnFront && $1.isOnFront }.map { point in
      let title =
        "\(point.name): \(point.seconds.fixed(3)) s, \(point.cloudMilliseconds.fixed(2)) ms"
      let place = (x: point.seconds, y: point.cloudMilliseconds)
      let dot =
        point.isOnFront
        ? plot.circle("mark-bar exit-\(point.mode)", place, radius: 5, title: title)
        : plot.circle("mark-tuning", place, radius: 2.5, title: title)
      return point.isBest
        ? dot + plot.circle("mark-chosen", place, radius: 9, title: title) : dot
    }
  }
}
