import CleaveRuntime
import CleaveStorage

extension ServedModel {
  /// Who can answer a token in this mode.
  func sources(_ request: TextRequest) throws -> [Answer.Source] {
    switch try mode(request.control) {
    case .whole: [.model]
    case .standalone: exitDepths.map { .exit(depth: $0) }
    case .collaborative: exitDepths.map { .exit(depth: $0) } + [.cloud]
    case .lossless: [.cloud]
    }
  }

  /// Answers all prompts of a request, one after another.
  ///
  /// - Parameter onPiece: takes the pieces of a stream; what it throws ends the work.
  /// - Returns: the whole answer.
  /// - Throws: `CancellationError`, and what `answer` throws.
  func reply(
    to request: TextRequest, onOutcome: (AnswerOutcome) -> Void,
    onPiece: (JSON) throws -> Void
  ) async throws -> JSON {
    let prompts = try request.prompts.map(tokens)
    let reply = Reply(request.format, model: name)
    var usage = Usage(sources: try sources(request))
    var choices: [Reply.Choice] = []
    if let opening = reply.opening() { try onPiece(opening) }
    for (index, prompt) in prompts.enumerated() {
      var outcome: AnswerOutcome?
      try await answer(prompt, request) { event in
        switch event {
        case .prompt: break
        case .token(let text, let answer):
          try onPiece(reply.token(text, answer, index: index))
        case .ended(let ended):
          outcome = ended
          try onPiece(reply.end(ended, index: index))
        }
      }
      guard let outcome else { continue }
      onOutcome(outcome)
      usage.add(outcome)
      choices.append(try choice(outcome, request, prompt: request.prompts[index]))
    }
    if request.streamsUsage { try onPiece(reply.usage(usage)) }
    return reply.whole(choices, usage)
  }

  private func choice(
    _ outcome: AnswerOutcome, _ request: TextRequest, prompt: TextRequest.Prompt
  ) throws -> Reply.Choice {
    var text = outcome.text
    if request.echoes {
      if case .text(let prompt) = prompt {
        text = prompt + text
      } else {
        text = tokenizer.decode(outcome.prompt) + text
      }
    }
    let logProbabilities = try request.logProbabilities.map {
      try self.logProbabilities(outcome, alternatives: $0, echoes: request.echoes)
        .json(tokenizer)
    }
    return Reply.Choice(
      outcome: outcome, text: text, logProbabilities: logProbabilities ?? .null)
  }
}
