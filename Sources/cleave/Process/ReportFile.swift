import CleaveModel
import CleaveReport

/// The report that `cleave calibrate` writes beside its output.
enum ReportFile {
  /// - Throws: `InputError` where the path holds a file that is not a report and may not be replaced.
  static func check(_ artifact: String) throws {
    try Report.check(Report.defaultPath(of: artifact))
  }

  static func write(_ artifact: String) throws -> String {
    try Report(try Artifact(opening: artifact)).write().path
  }
}
