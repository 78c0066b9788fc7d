import CleaveRuntime
import Testing

/// What an edge learns of its drafts.
@Suite struct DraftChancesTests {
  @Test func confidenceStandsForExperience() {
    let chances = DraftChances()
    #expect(chances.chance(confidence: 0.25) == 0.25 && chances.chance(confidence: 1) == 1)
    #expect(chances.chance(confidence: -3) == 0 && chances.chance(confidence: 7) == 1)
    #expect(chances.chance(confidence: .nan) == 0 && chances.chance(confidence: .infinity) == 1)
  }

  @Test func experienceCountsWhereItWasMade() {
    var chances = DraftChances()
    for _ in 0..<20 { chances.note(confidence: 0.9, isRight: false) }
    #expect(chances.chance(confidence: 0.9) < 0.2)
    #expect(chances.chance(confidence: 0.4) == Double(Float(0.4)))
    for _ in 0..<40 { chances.note(confidence: 0.9, isRight: true) }
    #expect(chances.chance(confidence: 0.9) > 0.8)
    for _ in 0..<5 { chances.note(confidence: 0.1, isRight: true) }
    #expect(chances.chance(confidence: 0.1) > 0.5)
  }
}
