import CleaveRuntime
import CleaveStorage

/// Scores windows of text with a model, and with a reference if there is one. Both run side by
/// side, a few positions at a time, so that neither's logits are kept.
package struct Scorer: Sendable {
  private let model: WholeModel
  private let reference: WholeModel?
  private let pool: ThreadPool
  private let names: (model: String, reference: String)
  private let numerics: Numerics
  /// The number of positions whose logits are in memory at a time.
  private let pieceLength: Int

  private static let longestPiece = 32
  private static let mostLogits = 1 << 23

  /// - Parameters: - numerics: the numerics of the model. The reference runs with exact numerics,
  ///   so that all differences are measured. - names: the names of both models in errors.
  /// - Throws: `InputError` if their vocabularies differ in size.
  package init(
    _ model: WholeModel, reference: WholeModel? = nil, numerics: Numerics = .standard,
    pool: ThreadPool,
    names: (model: String, reference: String) = ("model", "reference")
  ) throws {
    let vocabulary = model.manifest.configuration.vocabularySize
    if let other = reference?.manifest.configuration.vocabularySize, other != vocabulary {
      throw InputError(
        file: names.reference, location: "vocabulary_size", found: "\(other)",
        expected: "\(vocabulary), the model's",
        advice: "Only models of one vocabulary can be compared.")
    }
    self.model = model
    self.reference = reference
    self.pool = pool
    self.names = names
    self.numerics = numerics
    pieceLength = max(1, min(Self.longestPiece, Self.mostLogits / vocabulary))
  }

  /// Scores one window.
  ///
  /// - Parameter progress: called with the number of tokens read since the last call.
  /// - Throws: `InputError` if logits are not finite, `ContextLimitError` if the window is too long
  ///   for a model.
  package func score(
    _ window: EvaluationWindow, progress: (Int) -> Void = { _ in }
  ) async throws -> WindowScores {
    let modelPass = Pass(model, names.model, window, numerics, pool)
    let referencePass = reference.map { Pass($0, names.reference, window, .exact, pool) }
    // The logits at a position score the token at the next position.
    let positions = (window.scored.lowerBound - 1)..<(window.scored.upperBound - 1)
    try await modelPass.feed(0..<positions.lowerBound)
    try await referencePass?.feed(0..<positions.lowerBound)
    progress(positions.lowerBound)
    var scores: [TokenScore] = []
    for start in stride(from: positions.lowerBound, to: positions.upperBound, by: pieceLength) {
      let piece = start..<min(start + pieceLength, positions.upperBound)
      let logits = try await modelPass.logits(at: piece)
      let others = try await referencePass?.logits(at: piece)
      for position in piece {
        scores.append(
          try Self.score(window, position, logits, others, offset: position - start))
      }
      progress(piece.count)
    }
    return WindowScores(index: window.index, tokens: scores)
  }

  private static func score(
    _ window: EvaluationWindow, _ position: Int, _ model: Pass.Piece, _ reference: Pass.Piece?,
    offset: Int
  ) throws -> TokenScore {
    try model.withRow(offset) { row in
      func score(_ other: LogitsRow?) throws -> TokenScore {
        guard
          let score = TokenScore(
            token: window.tokens[position + 1], model: row, reference: other)
        else { throw model.refuse(offset) }
        return score
      }
      return try reference?.withRow(offset, score) ?? score(nil)
    }
  }
}

/// A model's forward pass over one window.
private struct Pass {
  let session: WholeModelSession
  let name: String
  let window: EvaluationWindow
  let vocabulary: Int

  init(
    _ model: WholeModel, _ name: String, _ window: EvaluationWindow, _ numerics: Numerics,
    _ pool: ThreadPool
  ) {
    session = WholeModelSession(model, numerics: numerics, pool: pool)
    self.name = name
    self.window = window
    vocabulary = model.manifest.configuration.vocabularySize
  }

  func feed(_ positions: Range<Int>) async throws {
    try await session.feed(Array(window.tokens[positions]))
  }

  func logits(at positions: Range<Int>) async throws -> Piece {
    try await feed(positions)
    return Piece(
      logits: await session.logits(ofLast: positions.count), first: positions.lowerBound,
      pass: self)
  }

  /// The logits of consecutive positions.
  struct Piece {
    let logits: [Float]  // [positions, vocabulary]
    let first: Int
    let pass: Pass

    func withRow<Result>(_ index: Int, _ body: (LogitsRow) throws -> Result) throws -> Result {
      try logits.withUnsafeBufferPointer { all in
        let range = (index * pass.vocabulary)..<((index + 1) * pass.vocabulary)
        guard let row = LogitsRow(UnsafeBufferPointer(rebasing: all[range])) else {
          throw refuse(index)
        }
        return try body(row)
      }
    }

    func refuse(_ index: Int) -> InputError {
      InputError(
        file: pass.name, location: "window \(pass.window.index), position \(first + index)",
        found: "logits that are not finite", expected: "finite numbers",
        advice: "The model's weights are damaged, or it overflows.")
    }
  }
}
