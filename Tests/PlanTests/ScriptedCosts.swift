import CleaveModel
import CleavePlan
import CleaveRuntime
import CleaveStorage
import Testing

/// Costs that are easily summed up by hand: a second for each block and column, and so on.
struct ScriptedCosts: StepCosts {
  var column = 0.001
  var exitSeconds = 0.002
  var headRow = 0.005
  /// Seconds that blocks take whatever runs through them.
  var fixed = 0.0

  func blocks(_ range: Range<Int>, columns: Int, context: Int) -> Double {
    fixed + column * Double(range.count * columns)
  }
  func exit(_ index: Int, columns: Int, context: Int) -> Double { exitSeconds }
  func exitHead(_ index: Int, rows: Int) -> Double { 0 }
  func head(rows: Int) -> Double { headRow * Double(rows) }
}

/// Scenarios of a model of 10 blocks with exits at 4 and 6.
enum TestScenario {
  /// A text whose exits are as sure and as right as stated, token by token.
  static func text(
    prompt: Int = 3, sure: [Float], right: [Bool]? = nil, deepSure: [Float]? = nil
  ) -> ExitTrace.Text {
    let right = right ?? sure.map { _ in true }
    let said = right.map { $0 ? 7 : 8 }
    return ExitTrace.Text(
      promptLength: prompt, truth: sure.map { _ in 7 }, said: [said, said],
      confidence: [sure, deepSure ?? sure])
  }

  /// A text of 1 to 20 tokens whose exits are anyhow sure, and right in six of ten.
  static func text(by random: inout SplitMix64) -> ExitTrace.Text {
    let count = 1 + Int(random.next() % 20)
    let numbers = (0..<3 * count).map { _ in Float(random.next() % 100) / 100 }
    return text(
      prompt: 1 + Int(random.next() % 40), sure: Array(numbers[..<count]),
      right: numbers[count..<2 * count].map { $0 < 0.6 },
      deepSure: Array(numbers[(2 * count)...]))
  }

  static func scenario(
    _ choice: PlanChoice, texts: [ExitTrace.Text], clients: Int = 1, link: String = "8Mbit,100ms",
    edge: ScriptedCosts = ScriptedCosts(), cloud: ScriptedCosts = ScriptedCosts(),
    messageSeconds: Double = 0, requestSeconds: Double = 0, feedback: Bool = false,
    middle: ScriptedCosts? = nil
  ) throws -> Scenario {
    let sizes = MessageSizes(
      width: 32, vocabularySize: 1000, positions: 10, upload: choice.upload)
    let link = try #require(PlannedLink(text: link))
    return Scenario(
      blockCount: 10,
      exits: [
        Scenario.Exit(depth: 4, readsModel: true, hasFeedback: feedback),
        Scenario.Exit(depth: 6, readsModel: true, hasFeedback: false),
      ], texts: texts, choice: choice, link: link, edge: edge, cloud: cloud,
      sizes: sizes, messageSeconds: messageSeconds, requestSeconds: requestSeconds,
      clients: clients, think: 0,
      middle: try middle.map {
        // A microsecond a byte, as the link before it by default.
        let behind = try #require(PlannedLink(text: "8Mbit,1s"))
        return Scenario.Middle(costs: $0, link: behind, sizes: sizes)
      })
  }

  /// Exit 4 on the device, exit 6 on the tier between.
  static func tiers(threshold: Double = 0.5, deep: Double = 0.5, lookAhead: Int = 0) -> PlanChoice {
    PlanChoice(
      mode: .collaborative, exits: 1, middleExits: 1, thresholds: [threshold, deep],
      lookAhead: lookAhead)
  }

  static func collaborative(
    lookAhead: Int = 0, threshold: Double? = 0.5, upload: StatesEncoding = .float32
  ) -> PlanChoice {
    PlanChoice(
      mode: .collaborative, exits: 1, thresholds: [threshold], lookAhead: lookAhead, upload: upload)
  }
}
