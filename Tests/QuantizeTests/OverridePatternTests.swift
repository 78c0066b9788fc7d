import CleaveModel
import CleaveQuantize
import CleaveStorage
import TestSupport
import Testing

/// The patterns of `--tensor`, which strangers' recipes give too.
@Suite(.timeLimit(.minutes(20))) struct OverridePatternTests {
  private func types(_ override: String) throws -> [String: TensorType] {
    let scratch = try Scratch()
    let plan = try QuantizationPlan(
      SmallModel().make(in: scratch), settings: settings(.q4_0, overrides: [override]))
    return Dictionary(uniqueKeysWithValues: plan.entries.map { ($0.name, $0.type) })
  }

  /// A pattern is found anywhere in a name, and what is around it in the program does not change its meaning.
  @Test(arguments: [
    "query", "^blocks\\.\\d\\.attention\\.query\\.weight$", "zz|query|qq", "\\Ablocks.*query",
    "(?i)QUERY", "(?<=attention\\.)query(?!s)", "quer[x-z]\\.weight\\z",
  ])
  func patternsThatAreFound(pattern: String) throws {
    let types = try types("\(pattern)=Q8_0")
    let names = types.filter { $0.value == .q8_0 && $0.key.contains(".attention.") }.keys
    let expected = (0..<3).map { "blocks.\($0).attention.query.weight" }
    #expect(names.sorted() == expected)
  }

  /// It fails on every other name, in as many ways as the name can be cut.
  @Test func patternThatCanBeCutInManyWays() throws {
    let types = try types("(.+)+Z|(.+)+query=Q5_0")
    #expect(types["blocks.0.attention.query.weight"] == .q5_0)
    #expect(types["blocks.0.attention.key.weight"] == .q4_0)
  }

  @Test(arguments: [
    ("a)(b=Q4_0", "found at column 2 \")\"; expected a group that it closes"),
    ("(?P<a>b)=Q4_0", "found at column 3 the flag \"P\""), ("a\\1=Q4_0", "found at column 2 \\1"),
    ("[a=Q4_0", "a set without end"),
  ])
  func patternsThatAreRefused(text: String, fault: String) throws {
    let error = #expect(throws: SettingError.self) { try TensorOverride(text) }
    let said = "found \(error?.found ?? ""); expected \(error?.expected ?? "")"
    #expect(said.contains(fault), "\(said)")
  }
}
