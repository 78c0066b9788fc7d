import CleaveStorage

/// A page that shows a build: its checks and its promise, what each stage took beside what was predicted, what exits
/// learnt, tables, and texts that the bundles wrote.
package struct BuildPage: Sendable {
  /// What a stage took.
  package struct Stage: Sendable {
    let name: String
    let seconds: Double
    let bytes: Int
    /// What was predicted, in words; nil where the stage did not run in this build.
    let prediction: String?

    package init(name: String, seconds: Double, bytes: Int, prediction: String?) {
      (self.name, self.seconds, self.bytes, self.prediction) = (name, seconds, bytes, prediction)
    }
  }

  /// A table of the page.
  package struct Table: Sendable {
    /// Letters and hyphens, once on the page.
    let id: String
    let title: String
    let header: [String]
    package let rows: [[String]]

    package init(id: String, title: String, header: [String], rows: [[String]]) {
      (self.id, self.title, self.header, self.rows) = (id, title, header, rows)
    }
  }

  private let title: String
  private let statements: [String]
  /// What failed; empty where nothing did.
  private let faults: [String]
  private let stages: [Stage]
  private let tables: [Table]
  private let curves: [Curve]
  private let calibration: Report?

  /// - Parameters:
  ///   - title: the build and its verdict.
  ///   - statements: what it was made of and promises.
  ///   - faults: what failed.
  ///   - tables: in their order on the page.
  ///   - curves: of training; empty where nothing was trained.
  ///   - calibration: whose promise and samples are shown; nil where nothing was calibrated.
  package init(
    title: String, statements: [String], faults: [String], stages: [Stage], tables: [Table],
    curves: [Curve] = [], calibration: Report? = nil
  ) {
    self.title = title
    self.statements = statements
    self.faults = faults
    self.stages = stages
    self.tables = tables
    self.curves = curves
    self.calibration = calibration
  }

  package var html: String {
    let learning = curves.isEmpty ? [] : [LearningSection(curves: curves).markup]
    let samples = calibration.map { [SamplesSection(report: $0).markup] } ?? []
    let sections = [top, costs] + learning + tables.map(Self.section) + samples
    return Page(title: "\(title) · cleave build", sections: sections).markup.html
  }

  /// What the calibration promises, in words.
  private var promises: [String] {
    calibration.map { [Statement(.collaborative, $0).text] } ?? []
  }

  private var top: Markup {
    let lines = (promises + statements).map { "<p class=\"standalone\">\($0)</p>" as Markup }
    let banners = faults.map { "<p class=\"banner\" role=\"alert\">\($0)</p>" as Markup }
    return """
      <p class="eyebrow">build</p><h1\(faults.isEmpty ? .empty : " class=\"void\"")>\(title)</h1>
      \(banners.joined())
      \(lines.joined())
      """
  }

  /// Bars of the time and the size of each stage.
  private var costs: Markup {
    let times = stages.map { stage in
      BarList.Bar(
        name: stage.prediction.map { "\(stage.name) (predicted \($0))" } ?? stage.name,
        value: stage.seconds, text: "\(stage.seconds.fixed(stage.seconds < 10 ? 2 : 0)) s",
        kind: "exit-0")
    }
    let sizes = stages.map {
      BarList.Bar(
        name: $0.name, value: Double($0.bytes), text: Double($0.bytes).bytes, kind: "exit-2")
    }
    return .section(
      "stages", "What each stage took",
      .grid([
        .figure("Time", BarList(bars: times).svg("Seconds of each stage")),
        .figure("Size of what it left", BarList(bars: sizes).svg("Bytes of each stage")),
      ]))
  }

  private static func section(_ table: Table) -> Markup {
    .section(
      table.id, table.title,
      .table(table.title, header: table.header, rows: table.rows.map { $0.map { "\($0)" } }))
  }
}
