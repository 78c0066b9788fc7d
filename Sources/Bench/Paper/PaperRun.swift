import CleavePrompts
import CleaveStorage

/// Runs every mode on every prompt and keeps the responses.
struct PaperRun {
  let responder: PaperResponder
  let prompts: [PromptSet.Prompt]
  let modes: [PaperMode]
  /// Called with the prompts done so far and in all.
  var progress: (_ done: Int, _ total: Int) throws -> Void = { _, _ in }

  /// The responses of each prompt, one for each mode.
  private(set) var responses: [[PaperResponse]] = []

  init(_ responder: PaperResponder, prompts: [PromptSet.Prompt], modes: [PaperMode]) {
    self.responder = responder
    self.prompts = prompts
    self.modes = modes
  }

  /// Answers prompt by prompt, each beginning with another mode, so that a machine whose speed drifts
  /// favours none.
  mutating func run() async throws {
    // This run reads in the pages of the weights and wakes the threads.
    for mode in modes { _ = try await responder.respond(to: prompts[0].tokens, mode) }
    for (index, prompt) in prompts.enumerated() {
      var answered = [PaperResponse?](repeating: nil, count: modes.count)
      for turn in modes.indices {
        let mode = (index + turn) % modes.count
        answered[mode] = try await responder.respond(to: prompt.tokens, modes[mode])
      }
      responses.append(answered.compactMap { $0 })
      try progress(index + 1, prompts.count)
    }
  }

  /// The indices of prompts that the naive split answers otherwise than the whole model; there must be
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
