import ArgumentParser
import CleaveModel
import CleaveReport
import CleaveStorage

/// The command `cleave report`.
struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Write a calibration's promise and measurements as one HTML page.",
    discussion: """
      The page loads nothing from a network and runs no script. It is written beside the artifact, \
      ARTIFACT.report.html. It replaces an earlier report; any other file only with --force.
      """)

  @Argument(help: "Calibrated model artifact or edge bundle.")
  var artifact: String

  @Option(name: .shortAndLong, help: "File to write (default: ARTIFACT.report.html).")
  var output: String?

  @Flag(help: "Replace the output even where it is not a report.")
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
