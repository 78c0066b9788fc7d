import CleaveCalibrate
import CleaveEvaluate
import CleaveModel
import CleavePrompts
import CleaveRuntime
import TestSupport

/// A tiny model with an exit that is seldom right and one that is the model itself but for its last
/// blocks, and prompts.
struct CalibrationCase {
  let scratch: Scratch
  let model: Artifact

  init(depths: [Int] = [2, 4]) throws {
    scratch = try Scratch()
    model = try TinyModel.q4_1.withExits(depths, into: scratch) {
      $0.placement.bodies = [.norm, .tail(blocks: 1)]
      $0.tailStart = .next
    }
  }

  static func texts(_ range: Range<Int>) -> [String] {
    range.map { "Number \($0) and the \($0 * 7919 % 101) dogs" }
  }

  func write(_ texts: [String], to name: String) throws {
    try scratch.write(texts.map { "{\"q\":\"\($0)\"}\n" }.joined(), to: name)
  }

  /// Settings that ask for little, of the first so many prompts.
  func settings(
    _ count: Int = 60, change: (inout CalibrationSettings) -> Void = { _ in }
  ) throws -> CalibrationSettings {
    try write(Self.texts(0..<count), to: "p.jsonl")
    var settings = CalibrationSettings()
    settings.prompts = [try PromptSource(parsing: scratch("p.jsonl") + ":q")]
    settings.usesChatTemplate = false
    settings.maxTokens = 6
    settings.longestPrompt = 64
    settings.risk = 0.2
    settings.delta = 0.2
    settings.threads = 1
    change(&settings)
    return settings
  }

  func calibrate(
    _ settings: CalibrationSettings, _ path: String? = nil, cloud: String? = nil,
    work: String? = nil
  ) async throws -> Calibration.Result {
    try await Calibration(path ?? model.path, cloud: cloud, settings: settings, work: work).run()
  }
}

extension Calibration.Result {
  /// All of it.
  var text: String { record.json.text() + evidence.json.text() + signal.rawValue }
}
