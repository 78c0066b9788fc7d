import ArgumentParser
import CleaveModel
import CleaveReport
import CleaveStorage

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Show what a calibration promises and what it saw, as one HTML page.",
    discussion: """
      The page needs no network and no script. Beside an artifact DIR it is DIR.report.html; a report that \
      stands there is replaced, any other file only with --force.
      """)

  @Argument(help: "Calibrated model artifact or edge bundle.")
  var artifact: String

  @Option(name: .shortAndLong, help: "File to write (default: ARTIFACT.report.html).")
  var output: String?

  @Flag(help: "Replace a file that is no report, too.")
  var force = false

  @Flag(help: "Print every number of the report as JSON on standard output.")
  var json = false

  func run() throws {
    let report = try Report(Artifact(opening: artifact))
    let written = try report.write(
      to: output ?? Report.defaultPath(of: artifact), force: force)
    try Terminal.print(
      json ? report.json.text() : "\(written.path): \(written.digest.bytes.formattedBytes)")
  }
}
