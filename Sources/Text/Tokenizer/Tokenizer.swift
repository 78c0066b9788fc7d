/// A tokenizer of byte-level BPE, character-level BPE or Unigram. It converts text to token ids and
/// back exactly as Hugging Face's tokenizers package does with the same `tokenizer.json`.
package struct Tokenizer: Sendable {
  let tables: TokenizerTables
  let addedTokens: AddedTokens
  let normalizer: Normalizer
  let preTokenizer: PreTokenizer
  /// The symbols of a character-level vocabulary; nil for a byte-level one.
  let symbols: CharacterSymbols?
  /// The Unigram model; nil for BPE.
  let unigram: UnigramModel?
  let pieceDecoder: PieceDecoder?
  let postProcessor: PostProcessor
  /// Whether a piece found in the vocabulary becomes one token without merging, as in Llama 3
  /// (`ignore_merges`).
  let looksUpWholePieces: Bool

  /// The highest id plus 1, including added tokens.
  package var vocabularySize: Int { tables.count }

  /// Whether each byte has a token, so that no text needs the unknown token.
  package var hasEveryByte: Bool {
    guard symbols == nil else {
      return (UInt8.min...UInt8.max).allSatisfy {
        id(of: String(decoding: CharacterSymbols.spelling(of: $0), as: UTF8.self)) != nil
      }
    }
    return (UInt8.min...UInt8.max).allSatisfy {
      id(of: String(decoding: ByteAlphabet.character(of: $0), as: UTF8.self)) != nil
    }
  }

  /// Whether the tokenizer can be compiled to a `tokenizer.bin`, which holds merges; Unigram has
  /// none.
  package var isCompilable: Bool { unigram == nil }

  /// Whether tokens are spelled in the byte alphabet instead of characters.
  package var isByteLevel: Bool { symbols == nil }

  /// The token that stands for a byte in a character-level vocabulary; nil if there is none.
  package func byteToken(_ byte: UInt8) -> Int? {
    guard symbols?.fallsBackToBytes == true else { return nil }
    return id(of: String(decoding: CharacterSymbols.spelling(of: byte), as: UTF8.self))
  }

  /// The normalized pieces into which a text without added tokens is split.
  package func preTokenized(_ text: String) -> [String] {
    var pieces: [String] = []
    normalizer(text.utf8).withUnsafeBufferPointer {
      preTokenizer.split($0) { pieces.append(String(decoding: $0, as: UTF8.self)) }
    }
    return pieces
  }

  /// The id of a token by its spelling in the vocabulary; byte-level vocabularies write a space as
  /// `Ġ`.
  package func id(of token: String) -> Int? {
    tables.id(of: token.utf8) ?? addedTokens.id(of: token.utf8)
  }

  /// The spelling of a token in the vocabulary; nil for an id without a token.
  package func token(of id: Int) -> String? {
    tables[id].map { String(decoding: $0, as: UTF8.self) }
  }

  /// The tokens that `encode` puts before and after each text.
  package var tokensAroundText: (before: [Int], after: [Int]) {
    (postProcessor.before, postProcessor.after)
  }

  /// Whether `id` is a token that is matched before anything else splits a text.
  package func isAdded(_ id: Int) -> Bool { addedTokens.contains(id) }

  /// Whether `id` is an added token marked as special, which decoding can skip.
  package func isSpecial(_ id: Int) -> Bool { addedTokens.special.contains(id) }
}
