import CleaveModel

/// The two ways in which an edge runs.
enum Mode: String, CaseIterable {
  case collaborative, standalone

  var title: String {
    switch self {
    case .collaborative: "With the cloud"
    case .standalone: "Standalone, without a cloud"
    }
  }
}

extension Report {
  func outcome(_ mode: Mode) -> CalibrationMode {
    mode == .collaborative ? record.collaborative : record.standalone
  }

  func candidates(_ mode: Mode) -> [CalibrationEvidence.Candidate] {
    mode == .collaborative ? evidence.candidates : evidence.standaloneCandidates
  }
}

/// Who gave a token, as the page names and colours it.
enum Answerer {
  static let cloud = (name: "cloud", kind: "cloud")

  /// - Parameter index: of the exit; its colour comes again after six.
  static func exit(_ depth: Int, index: Int) -> (name: String, kind: String) {
    ("exit \(depth)", "exit-\(index % 6)")
  }
}
