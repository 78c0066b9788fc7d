import CleaveConvert
import CleaveEvaluate
import CleaveModel
import CleaveRuntime
import CleaveStorage
import CleaveTrain
import TestSupport
import Testing

/// A leakage study of a tiny model.
@Suite struct LeakageStudyTests {
  private let scratch: Scratch
  private let artifact: Artifact

  init() throws {
    scratch = try Scratch()
    _ = try Importer(source: Golden.path("tiny-tied-bf16-sharded"), target: scratch("model")).run()
    artifact = try Artifact(opening: scratch("model"))
  }

  /// Two texts of the words of a third, drawn at random.
  private func halves() throws -> (data: String, attackData: String) {
    let text = try String(decoding: Golden.bytes("evaluate/text.txt"), as: UTF8.self)
    let words = text.split(whereSeparator: \.isWhitespace)
    var random = SplitMix64(seed: 3)
    func draw(_ count: Int) -> String {
      (0..<count).map { _ in words[Int.random(in: words.indices, using: &random)] }
        .joined(separator: " ")
    }
    return (
      try scratch.write(draw(200), to: "data.txt"), try scratch.write(draw(1500), to: "attack.txt")
    )
  }

  private func study(
    _ settings: LeakageSettings, data: String, attackData: String
  ) throws -> LeakageReport {
    try LeakageStudy(model: artifact, data: data, attackData: attackData, settings: settings).run()
  }

  @Test func shallowStatesGiveTheTextAway() throws {
    let (data, attackData) = try halves()
    var settings = LeakageSettings(depths: [1])
    settings.windowLength = 32
    let report = try study(settings, data: data, attackData: attackData)
    #expect(report.rows.map(\.format) == [.float32, .int8, .int4])
    for row in report.rows {
      #expect(row.inverter.value > report.guessing.value, "\(row)")
      #expect(row.nearest.value > report.guessing.value, "\(row)")
    }
    #expect(report.searchedTokens == settings.searchedTokens)
    let search = try #require(report.rows[0].search)
    #expect(search.value > report.rows[0].inverter.value)
    let hidden = artifact.manifest.configuration.hiddenSize
    #expect(report.rows[0].bytesPerToken == 4 * hidden)
    #expect(report.tokens % 31 == 0 && report.tokens > 0)
  }

  @Test func theReportDoesNotDependOnThreads() throws {
    let (data, attackData) = try halves()
    var settings = LeakageSettings(depths: [1, 2])
    settings.windowLength = 48
    settings.threads = 1
    let one = try study(settings, data: data, attackData: attackData)
    settings.threads = 2
    #expect(try study(settings, data: data, attackData: attackData).json.text() == one.json.text())
  }

  @Test func aSearchCanBeLeftOut() throws {
    let (data, attackData) = try halves()
    var settings = LeakageSettings(depths: [1])
    settings.windowLength = 32
    settings.searchedTokens = 0
    let report = try study(settings, data: data, attackData: attackData)
    #expect(report.searchedTokens == 0 && report.rows.allSatisfy { $0.search == nil })
  }

  @Test func textThatTheAttackKnowsIsRefused() throws {
    let (data, _) = try halves()
    #expect(throws: InputError.self) {
      try study(LeakageSettings(depths: [1]), data: data, attackData: data)
    }
  }

  @Test(arguments: [[], [0], [99], [1, 1]])
  func depthsThatAreNotThereAreRefused(_ depths: [Int]) throws {
    let (data, attackData) = try halves()
    #expect(throws: SettingError.self) {
      try study(LeakageSettings(depths: depths), data: data, attackData: attackData)
    }
  }

  @Test func tokensAreNoStates() throws {
    let (data, attackData) = try halves()
    var settings = LeakageSettings(depths: [1])
    settings.formats = [.tokens]
    #expect(throws: SettingError.self) { try study(settings, data: data, attackData: attackData) }
  }
}
