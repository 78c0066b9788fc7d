import CleaveStorage

/// Measures the loss of generated texts.
package struct LossMeter {
  private let loss: PromptLoss

  package init(_ loss: PromptLoss) { self.loss = loss }

  /// The loss of each text, from 0 to 1.
  ///
  /// - Throws: `InputError` if the loss needs references and a text has none, or a program fails or
  ///   prints no valid losses; `OutputError` if the program's input cannot be written.
  package func losses(of texts: [JudgedText]) async throws -> [Double] {
    if case .command(let program) = loss {
      return try await LossProgram(program).losses(of: texts)
    }
    if loss.needsReferences, let bare = texts.first(where: \.references.isEmpty) {
      throw InputError(
        file: "prompt \"\(bare.prompt.prefix(80))\"", found: "no references",
        expected: "at least one reference, which the loss \(loss) needs",
        advice: "Name their field with --references.")
    }
    return texts.map(of)
  }

  private func of(_ judged: JudgedText) -> Double {
    switch loss {
    case .disagreement: disagreement(judged)
    case .mismatch: judged.tokens == judged.modelTokens ? 0 : 1
    case .rouge: 1 - RougeL.f1(judged.text, judged.modelText)
    case .referenceRouge: 1 - best(judged.text, judged.references)
    case .rougeDrop:
      max(0, best(judged.modelText, judged.references) - best(judged.text, judged.references))
    case .accuracyDrop:
      hasAnswer(judged.modelText, judged) && !hasAnswer(judged.text, judged) ? 1 : 0
    case .command: preconditionFailure("a program measures it")
    }
  }

  private func disagreement(_ judged: JudgedText) -> Double {
    precondition(judged.tokens.count == judged.truths.count)
    let wrong = zip(judged.tokens, judged.truths).count { $0 != $1 }
    return Double(wrong) / Double(max(1, judged.tokens.count))
  }

  private func best(_ text: String, _ references: [String]) -> Double {
    references.map { RougeL.f1(text, $0) }.max() ?? 0
  }

  private func hasAnswer(_ text: String, _ judged: JudgedText) -> Bool {
    judged.references.contains { AnswerText.has($0, in: text) }
  }
}
