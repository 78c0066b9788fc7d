import CleaveModel
import CleaveStorage

/// The report as an HTML document without scripts, whose content security policy lets nothing be
/// loaded.
struct Page {
  let report: Report

  init(_ report: Report) { self.report = report }

  private static let policy =
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"

  var markup: Markup {
    """
    \(Markup(stringLiteral: Report.marker)), version 1 -->
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="\(Markup(stringLiteral: Self.policy))">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <meta name="generator" content="cleave \(CleaveVersion.text)">
    <title>\(FileSystem.name(of: report.artifact.path)) · cleave calibration report</title>
    <style>
    \(Markup(stringLiteral: Style.sheet))
    </style>
    </head>
    <body>
    <main>
    \(sections.joined())
    </main>
    </body>
    </html>

    """
  }

  private var sections: [Markup] {
    [
      PromiseSection(report: report).markup, RiskSection(report: report).markup,
      AnswersSection(report: report).markup, ReliabilitySection(report: report).markup,
      TrafficSection(report: report).markup, SamplesSection(report: report).markup,
      DetailsSection(report: report).markup,
    ]
  }
}
