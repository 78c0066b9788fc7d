import CleaveGenerate
import CleaveModel
import CleaveService
import CleaveStorage
import Glibc

/// A line of `cleave run --interactive`.
enum InteractiveLine: Equatable {
  case message(String)
  case reset
  case quit
  /// A command that there is not.
  case unknown(String)
  case blank

  init(_ line: String) {
    switch line {
    case "/reset": self = .reset
    case "/quit": self = .quit
    case _ where line.hasPrefix("/"): self = .unknown(line)
    case _ where line.allSatisfy(\.isWhitespace): self = .blank
    default: self = .message(line)
    }
  }
}

extension RunCommand {
  /// A conversation, one turn for each line of standard input.
  func converse() async throws {
    let artifact = try used.open(artifact, positions: .max)
    try trust.check(artifact)
    let model = try ServedModel(artifact, settings: try serviceSettings())
    try await model.checkCloud()
    var dialogue = try ChatDialogue(model, settings: dialogueSettings)
    if threshold == nil, let doubt = doubt(artifact) { printError("cleave: warning: \(doubt)") }
    let printer = TokenPrinter(
      color: color, exits: model.exitDepths, hasCloud: cloud != nil, silent: json)
    let isTerminal = isatty(0) == 1
    if isTerminal { printError("/reset begins a new conversation, /quit or Ctrl-D ends") }
    Interruption.stopGently(within: Self.patience)
    var lines = LineReader()
    while true {
      if isTerminal { Terminal.writeError("> ") }
      guard let line = try lines.next() else { break }
      do {
        switch InteractiveLine(line) {
        case .quit: return
        case .reset: dialogue.reset()
        case .blank: break
        case .unknown(let command):
          throw UsageError(
            description: "found \(command.shown(limit: 80)); expected /reset, /quit or a message."
              + " A message that begins with / is written with a space before it")
        case .message(let text): try await answer(text, in: &dialogue, printer)
        }
      } catch let error as any ExitStatusError where isTerminal && !(error is Interrupted) {
        // A person can go on; what reads a pipe should end with what is wrong.
        printError("cleave: \(error.description)")
      }
    }
    if isTerminal { printError("") }
  }

  private func answer(
    _ text: String, in dialogue: inout ChatDialogue, _ printer: TokenPrinter
  ) async throws {
    var ended: AnswerOutcome?
    try await dialogue.say(text) { event in
      if Interruption.isRequested { throw Interrupted() }
      switch event {
      case .prompt: break
      case .token(let text, let answer): try printer.show(text, from: answer.source)
      case .ended(let outcome):
        try printer.show(outcome.rest, from: outcome.answers.last?.source ?? .model)
        ended = outcome
      }
    }
    guard let ended else { return }
    if json { return try Terminal.print(ended.json.text(pretty: false)) }
    try Terminal.print("")
    printError(ended.summary)
  }

  private var dialogueSettings: ChatDialogue.Settings {
    var settings = ChatDialogue.Settings()
    settings.system = system
    settings.maxTokens = sampling.maxTokens
    settings.sampling = sampling.sampling
    settings.stop = sampling.stop
    return settings
  }

  private func serviceSettings() throws -> ServiceSettings {
    var settings = ServiceSettings()
    settings.numerics = engine.numerics
    settings.threads = engine.threads
    settings.thresholds = try thresholds()
    settings.conversationBytes = conversationCache << 20
    guard let connector = try connector() else { return settings }
    settings.cloud = connector.address
    settings.encoding = collaboration.encoding
    settings.session = connector.sessionOptions
    settings.draft = collaboration.draft
    settings.access = try remote.access()
    return settings
  }
}
