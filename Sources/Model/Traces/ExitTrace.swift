/// The answers of a model's exits, token by token, along the whole model's own answers to prompts: what `cleave exits eval
/// --record` writes and `cleave plan` plays back. The format is specified in specs/plan.md.
package struct ExitTrace: Equatable, Sendable {
  /// What is recorded of one exit's weights, so that a trace is not taken for another exit's.
  package struct Exit: Equatable, Sendable {
    package let depth: Int
    /// SHA-256 of the file of its weights.
    package let sha256: String

    package init(depth: Int, sha256: String) {
      self.depth = depth
      self.sha256 = sha256
    }
  }

  /// The answer to one prompt.
  package struct Text: Equatable, Sendable {
    /// Tokens before the answer.
    package let promptLength: Int
    /// The whole model's tokens `[token]`, at least one.
    package let truth: [Int]
    /// What each exit says in their place, `[exit][token]`.
    package let said: [[Int]]
    /// How sure each exit is of it by its own signal, `[exit][token]`, 0 to 1.
    package let confidence: [[Float]]
    /// For each token whether the cloud was asked for it and its states came back; nil where nothing does.
    package let asked: [Bool]?

    package init(
      promptLength: Int, truth: [Int], said: [[Int]], confidence: [[Float]], asked: [Bool]? = nil
    ) {
      precondition(said.count == confidence.count, "a confidence for each answer")
      precondition(
        (said + confidence.map { $0.map { _ in 0 } }).allSatisfy { $0.count == truth.count })
      self.promptLength = promptLength
      self.truth = truth
      self.said = said
      self.confidence = confidence
      self.asked = asked
    }

    package func isRight(exit: Int, token: Int) -> Bool { said[exit][token] == truth[token] }
  }

  package let modelID: String
  package let exits: [Exit]
  /// Where the cloud was asked while it was recorded, as `exits eval --feedback` spells it.
  package let feedback: String
  package let texts: [Text]

  package init(modelID: String, exits: [Exit], feedback: String, texts: [Text]) {
    self.modelID = modelID
    self.exits = exits
    self.feedback = feedback
    self.texts = texts
  }

  /// Whether it records the exits of a model as they are.
  package func isOf(_ manifest: Manifest) -> Bool {
    modelID == manifest.modelID && exits == [Exit](manifest)
  }

  /// Tokens of all answers.
  package var tokens: Int { texts.reduce(0) { $0 + $1.truth.count } }

  /// The share of tokens that the cloud was asked for while it was recorded.
  package var askedShare: Double {
    Double(texts.reduce(0) { $0 + ($1.asked?.count(where: \.self) ?? 0) }) / Double(max(1, tokens))
  }
}

extension [ExitTrace.Exit] {
  /// What a trace of this model records of its exits.
  package init(_ manifest: Manifest) {
    self = manifest.exits.map { exit in
      guard let file = manifest.file(exit.path) else {
        preconditionFailure("an artifact holds the weights of its exits")
      }
      return ExitTrace.Exit(depth: exit.depth, sha256: file.digest.sha256)
    }
  }
}
