import CleaveModel
import CleavePrompts
import CleaveStorage

/// Checks that need neither the exits nor the tokens of prompts, so that a build makes them before it begins.
extension CalibrationSettings {
  /// - Parameters:
  ///   - context: the model's context length.
  ///   - file: the model, for error messages.
  /// - Throws: `InputError` for a prompt and its answer that are longer together.
  package func check(context: Int, file: String) throws {
    let (longest, overflow) = longestPrompt.addingReportingOverflow(maxTokens)
    guard !overflow, longest <= context else {
      throw InputError(
        file: file, location: "context_length", found: "\(context)",
        expected: "at least \(longestPrompt) + \(maxTokens), for a prompt and its answer",
        advice: "Lower --max-prompt-tokens or --max-tokens.")
    }
  }

  /// The number of prompts to tune on, of so many that are given for both.
  func tuningCount(of prompts: Int) -> Int { Int((Double(prompts) * tuningShare).rounded()) }

  /// Checks that so many different prompts leave enough to calibrate on, once those to tune on are taken.
  ///
  /// - Parameter prompts: the number of different contents in `prompts`.
  /// - Throws: `InputError` where no losses at all could keep the promise.
  package func checkCount(prompts count: Int) throws {
    guard tuningPrompts.isEmpty else { return try checkCount(count) }
    let tuning = tuningCount(of: count)
    guard tuning > 0 else { throw tooFew(count, tuning: tuning) }
    try checkCount(count - tuning)
  }

  /// The error of prompts that cannot be divided in two.
  func tooFew(_ count: Int, tuning: Int) -> InputError {
    InputError(
      file: prompts.map(\.source.path).joined(separator: ", "),
      found: "\(count) prompts, \(tuning) of them to tune on",
      expected: "at least one to tune on and one to calibrate on")
  }

  /// - Parameter calibration: the number of prompts to calibrate on.
  func checkCount(_ calibration: Int) throws {
    let risk = min(risk, standaloneRisk ?? 1)
    let fewest = fewestPrompts(risk: risk)
    guard calibration >= fewest else {
      throw InputError(
        file: prompts.map(\.source.path).joined(separator: ", "),
        found: "\(calibration) prompts to calibrate on",
        expected: "at least \(fewest): with fewer, no losses at all could keep a risk of "
          + "\(risk) with delta \(delta)",
        advice: "Give more prompts, or promise less.")
    }
  }
}
