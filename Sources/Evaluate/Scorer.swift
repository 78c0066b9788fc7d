import CleaveRuntime
import CleaveStorage

/// Scores windows of text with a model, beside a reference if there is one. The two run side by side,
/// a few positions at a time: neither's logits are kept.
package struct Scorer: Sendable {
  private let model: WholeModel
  private let reference: WholeModel?
  private let pool: ThreadPool
  private let names: (model: String, reference: String)
  private let numerics: Numerics
  /// Positions whose logits are in memory together.
  private let pieceLength: Int

  private static let longestPiece = 32
  private static let mostLogits = 1 << 23

  /// - Parameters:
  ///   - numerics: the model's; the reference is exact, so that what is measured is all that differs.
  ///   - names: what errors call the two.
  /// - Throws: `InputError` when the two have vocabularies of different sizes.
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

  /// - Parameter progress: called with the tokens read since it was called last.
  /// - Throws: `InputError` when a model's logits are no distribution, `ContextLimitError` for a
  ///   window that is too long for a model.
  package func score(
    _ window: EvaluationWindow, progress: (Int) -> Void = { _ in }
  ) async throws -> WindowScores {
    let modelPass = Pass(model, names.model, window, numerics, pool)
    let referencePass = reference.map { Pass($0, names.reference, window, .exact, pool) }
    // The logits at a position score the token at the next one.
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

/// One model reading one window.
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

  /// Logits of consecutive positions.
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
