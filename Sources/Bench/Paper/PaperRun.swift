import CleaveEvaluate
import CleaveStorage

/// Every mode on every prompt, and what came of it.
struct PaperRun {
  let trial: PaperTrial
  let prompts: [PromptSet.Prompt]
  let modes: [PaperMode]
  /// Called with the prompts done so far and in all.
  var progress: (_ done: Int, _ total: Int) throws -> Void = { _, _ in }

  /// Responses of a prompt, one for each mode.
  private(set) var responses: [[PaperResponse]] = []

  init(_ trial: PaperTrial, prompts: [PromptSet.Prompt], modes: [PaperMode]) {
    self.trial = trial
    self.prompts = prompts
    self.modes = modes
  }

  /// Prompt by prompt, beginning with another mode each time: a machine whose speed drifts favours none.
  mutating func run() async throws {
    // Pages of the weights are read in, and threads awake.
    for mode in modes { _ = try await trial.respond(to: prompts[0].tokens, mode) }
    for (index, prompt) in prompts.enumerated() {
      var answered = [PaperResponse?](repeating: nil, count: modes.count)
      for turn in modes.indices {
        let mode = (index + turn) % modes.count
        answered[mode] = try await trial.respond(to: prompt.tokens, modes[mode])
      }
      responses.append(answered.compactMap { $0 })
      try progress(index + 1, prompts.count)
    }
  }

  /// Prompts that the naive split answers otherwise than the whole model, by their places: there must be
  /// none.
  var broken: [Int] {
    func location(_ name: String) -> Int? { modes.firstIndex { $0.name == name } }
    guard let truth = location(PaperMode.truth.name), let naive = location(PaperMode.naive.name)
    else {
      return []
    }
    return responses.indices.filter {
      responses[$0][truth].tokens != responses[$0][naive].tokens
    }
  }

  var json: JSON {
    [
      "modes": .array(
        modes.map { mode in
          [
            "name": .string(mode.name),
            "thresholds": mode.thresholds.map { .array($0.map { .real($0) }) } ?? .null,
          ]
        }),
      "prompts": .array(
        zip(prompts, responses).map { prompt, responses in
          [
            "sha256": .string(prompt.digest.sha256),
            "prompt_tokens": .integer(Int64(prompt.tokens.count)),
            "responses": .object(
              JSONObject(zip(modes, responses).map { ($0.name, $1.json) })),
          ]
        }),
      "broken": .array(broken.map { .integer(Int64($0)) }),
    ]
  }
}
