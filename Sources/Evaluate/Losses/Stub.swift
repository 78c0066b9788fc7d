public struct JudgedText: Sendable {
  public var prompt: String, tokens: [Int], truths: [Int], text: String, modelText: String,
    modelTokens: [Int], references: [String]
  public init(
    prompt: String, tokens: [Int], truths: [Int], text: String, modelText: String,
    modelTokens: [Int], references: [String]
  ) {
    self.prompt = prompt; self.tokens = tokens; self.truths = truths; self.text = text;
    self.modelText = modelText; self.modelTokens = modelTokens; self.references = references
  }
}
public enum PromptLoss: Equatable, Sendable, CustomStringConvertible {
  case command(String)
  case disagreement
  public init?(text: String) { self = .disagreement }
  public var description: String { "disagreement" }
  public var isBinary: Bool { false }
  public var needsReferences: Bool { false }
}
public struct LossMeter {
  public init(_ loss: PromptLoss) {}
  public func losses(of texts: [JudgedText]) throws -> [Double] {
    texts.map { t in
      Double(zip(t.tokens, t.truths).count { $0 != $1 }) / Double(max(1, t.tokens.count))
    }
  }
}
