import CleaveModel

extension Report {
  func outcome(_ mode: Mode) -> CalibrationMode {
    mode == .collaborative ? record.collaborative : record.standalone
  }

  func candidates(_ mode: Mode) -> [CalibrationEvidence.Candidate] {
    mode == .collaborative ? evidence.candidates : evidence.standaloneCandidates
  }
}
