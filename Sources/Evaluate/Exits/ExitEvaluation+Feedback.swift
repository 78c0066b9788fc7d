import CleaveExits
import CleaveModel
import CleaveRuntime
import CleaveStorage

extension ExitEvaluation {
  /// - Throws: `InputError` where nothing can come back, because no exit has feedback.
  static func checkFeedback(_ artifact: Artifact, _ settings: Settings) throws {
    guard settings.feedback != .none,
      !artifact.manifest.exits.contains(where: { $0.feedback != nil })
    else { return }
    throw InputError(
      file: artifact.path, location: "exits", found: "no exit with feedback",
      expected: "one, for the cloud's hidden states to come back to",
      advice: "Leave --feedback out, or train the exits with it.")
  }

  /// Runs all prompts side by side through the edge's exits and the cloud, along the whole model's answers, with
  /// states coming back at the places of the settings.
  ///
  /// - Parameter sources: the index of each prompt's source.
  func judgeWithFeedback(sources: [Int]) throws -> [JudgedAnswer] {
    let prompts = set.prompts.map(\.tokens)
    let decoder = try PairDecoder(
      edge: edge, cloud: CloudModel(restOf: artifact),
      longest: (prompts.map(\.count).max() ?? 0) + settings.maxTokens, numerics: settings.numerics,
      pool: pool)
    let exits = artifact.manifest.exits
    let policy = ExitPolicy(thresholds: exits.map(\.threshold), mode: .collaborative)
    let stops = Set(artifact.manifest.tokens.endOfText)
    var judged = zip(prompts, sources).map { JudgedAnswer(promptLength: $0.count, source: $1) }
    var asked = prompts.map { _ in [Bool]() }
    var done = 0
    try decoder.run(prompts) { prompt, answers in
      let token = asked[prompt].count
      judged[prompt].truth.append(answers.token)
      judged[prompt].answers.append(answers.exits)
      let isAsked = settings.feedback.asks(prompt: prompt, token: token) {
        policy.firstSure { answers.exits[$0].confidence(exits[$0].signal) } != nil
      }
      asked[prompt].append(isAsked)
      guard !stops.contains(answers.token), token + 1 < settings.maxTokens else {
        done += 1
        progress(done, prompts.count)
        return nil
      }
      return PairDecoder.Step(token: answers.token, isAsked: isAsked)
    }
    for index in judged.indices { judged[index].asked = asked[index] }
    return judged
  }
}
