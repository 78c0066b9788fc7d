/// A byte-level BPE tokenizer: text to token ids and back, exactly as Hugging Face's tokenizers
/// package does it for the same `tokenizer.json`.
public struct Tokenizer: Sendable {
  let vocabulary: Vocabulary
  let addedTokens: AddedTokens
  let preTokenizer: PreTokenizer
  let model: BytePairModel
  let postProcessor: PostProcessor

  /// The highest id + 1, added tokens included.
  public var vocabularySize: Int { vocabulary.count }

  /// Whether every byte has a token, so that no text needs the unknown one.
  package var hasEveryByte: Bool {
    (UInt8.min...UInt8.max).allSatisfy {
      vocabulary.spelled.id(of: ByteAlphabet.character(of: $0)) != nil
    }
  }

  /// The id of a token as the vocabulary spells it: byte-level, a space as `Ġ`.
  public func id(of token: String) -> Int? { vocabulary.id(of: token) }

  /// The token of an id as the vocabulary spells it; nil for an id without a token.
  public func token(of id: Int) -> String? { vocabulary.token(of: id) }

  /// The tokens that `encode` puts before every text, and after it.
  public var tokensAroundText: (before: [Int], after: [Int]) {
    (postProcessor.before, postProcessor.after)
  }

  /// Whether `id` is an added token marked special, which decoding can skip.
  public func isSpecial(_ id: Int) -> Bool { addedTokens.special.contains(id) }
}
