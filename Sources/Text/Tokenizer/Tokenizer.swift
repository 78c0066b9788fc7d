/// A tokenizer, BPE of bytes or of characters, or Unigram: text to token ids and back, exactly as Hugging Face's tokenizers
/// package does it for the same `tokenizer.json`.
package struct Tokenizer: Sendable {
  let tables: TokenizerTables
  let addedTokens: AddedTokens
  let normalizer: Normalizer
  let preTokenizer: PreTokenizer
  /// Of a vocabulary of characters; nil for one of bytes.
  let symbols: CharacterSymbols?
  /// Nil where merges make the tokens.
  let unigram: UnigramModel?
  let pieceDecoder: PieceDecoder?
  let postProcessor: PostProcessor
  /// Whole pieces are looked up before merging, as Llama 3 does (`ignore_merges`).
  let looksPiecesUp: Bool

  /// The highest id + 1, added tokens included.
  package var vocabularySize: Int { tables.count }

  /// Whether every byte has a token, so that no text needs the unknown one.
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

  /// Whether merges make the tokens: others have no tables to be compiled into.
  package var isCompilable: Bool { unigram == nil }

  /// Whether the vocabulary is of the alphabet of bytes, and not of characters.
  package var isByteLevel: Bool { symbols == nil }

  /// The token that stands for a byte in a vocabulary of characters.
  package func byteToken(_ byte: UInt8) -> Int? {
    guard symbols?.fallsBackToBytes == true else { return nil }
    return id(of: String(decoding: CharacterSymbols.spelling(of: byte), as: UTF8.self))
  }

  /// The pieces that a text without added tokens is cut into, normalized.
  package func prepared(_ text: String) -> [String] {
    var pieces: [String] = []
    normalizer(text.utf8).withUnsafeBufferPointer {
      preTokenizer.split($0) { pieces.append(String(decoding: $0, as: UTF8.self)) }
    }
    return pieces
  }

  /// The id of a token as the vocabulary spells it: byte-level, a space as `Ġ`.
  package func id(of token: String) -> Int? {
    tables.id(of: token.utf8) ?? addedTokens.id(of: token.utf8)
  }

  /// The token of an id as the vocabulary spells it; nil for an id without a token.
  package func token(of id: Int) -> String? {
    tables[id].map { String(decoding: $0, as: UTF8.self) }
  }

  /// The tokens that `encode` puts before every text, and after it.
  package var tokensAroundText: (before: [Int], after: [Int]) {
    (postProcessor.before, postProcessor.after)
  }

  /// Whether `id` is an added token marked special, which decoding can skip.
  package func isSpecial(_ id: Int) -> Bool { addedTokens.special.contains(id) }
}
