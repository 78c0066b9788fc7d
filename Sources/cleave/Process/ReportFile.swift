import CleaveModel
import CleaveReport

/// The report that a calibration leaves beside its artifact.
enum ReportFile {
  /// Refuses what may not be replaced, before any work.
  static func check(_ artifact: String) throws {
    try Report.check(Report.defaultPath(of: artifact))
  }

  static func write(_ artifact: String) throws -> String {
    try Report(try Artifact(opening: artifact)).write().path
  }
}
