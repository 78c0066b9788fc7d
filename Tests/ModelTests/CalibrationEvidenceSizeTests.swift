import CleaveModel
import Testing

/// The evidence of many prompts, of each of which it is asked whether it is there.
@Suite(.timeLimit(.minutes(20))) struct CalibrationEvidenceSizeTests {
  private static func digest(_ number: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: 32 - digits.count) + digits
  }

  private static func evidence(tuning: [String], calibration: [String]) -> CalibrationEvidence {
    CalibrationEvidence(
      command: [], sources: [], tuning: tuning, calibration: calibration, candidates: [],
      standaloneCandidates: [], frontiers: [], exits: [],
      traffic: .init(
        bytesUpPerToken: 0, bytesDownPerToken: 0, cloudOnlyBytesUpPerToken: 0, stateBytes: 0),
      samples: [])
  }

  @Test func manyPromptsAreAskedFor() {
    let all = (0..<120_000).map(Self.digest)
    let evidence = Self.evidence(
      tuning: Array(all[..<40_000]), calibration: Array(all[40_000..<80_000]))
    let rest = String(repeating: "f", count: 32)
    #expect(all.count { evidence.contains(sha256: $0 + rest) } == 80_000)
  }

  /// What is asked for is what the lists say, as they are now.
  @Test func theListsMayChange() {
    var evidence = Self.evidence(tuning: [Self.digest(1)], calibration: [])
    evidence.calibration = [Self.digest(2)]
    #expect(evidence.contains(sha256: Self.digest(1)) && evidence.contains(sha256: Self.digest(2)))
    evidence.tuning = []
    #expect(!evidence.contains(sha256: Self.digest(1)))
    #expect(evidence == Self.evidence(tuning: [], calibration: [Self.digest(2)]))
  }
}
