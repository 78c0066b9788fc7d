enum ReportFile {
  static func write(_ artifact: String) throws -> String? { nil }
}
