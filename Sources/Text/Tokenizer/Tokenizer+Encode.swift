extension Tokenizer {
  /// The ids of `text`.
  ///
  /// - Parameter addSpecialTokens: puts the tokens around it that the post-processor asks for, such
  ///   as the beginning of text. Special tokens spelled out in the text are found either way.
  package func encode(_ text: String, addSpecialTokens: Bool = true) -> [Int] {
    var ids = addSpecialTokens ? postProcessor.before : []
    var text = text
    text.withUTF8 { encode($0, into: &ids) }
    return addSpecialTokens ? ids + postProcessor.after : ids
  }

  private func encode(_ text: UnsafeBufferPointer<UInt8>, into ids: inout [Int]) {
    var encoder = PieceEncoder(
      symbols: symbols, looksPiecesUp: looksPiecesUp, unigram: unigram)
    // Taken out of self: the closures would copy all of it for each piece of text.
    let (normalizer, preTokenizer, addedTokens) = (normalizer, preTokenizer, addedTokens)
    tables.withView { tables in
      func encode(_ section: UnsafeBufferPointer<UInt8>, isFirst: Bool) {
        addedTokens.normalized.split(section) { part in
          switch part {
          case .token(let id): ids.append(id)
          case .text(let range):
            preTokenizer.split(
              UnsafeBufferPointer(rebasing: section[range]),
              isFirst: isFirst && range.lowerBound == 0
            ) { encoder.encode($0, tables, into: &ids) }
          }
        }
      }
      addedTokens.verbatim.split(text) { part in
        switch part {
        case .token(let id): ids.append(id)
        case .text(let range):
          let section = UnsafeBufferPointer(rebasing: text[range])
          let isFirst = range.lowerBound == 0
          if normalizer.isIdentity { return encode(section, isFirst: isFirst) }
          normalizer(section).withUnsafeBufferPointer { encode($0, isFirst: isFirst) }
        }
      }
    }
  }
}

/// Encodes pieces one after another; holds the memory that they work in.
private struct PieceEncoder {
  let symbols: CharacterSymbols?
  let looksPiecesUp: Bool
  let unigram: UnigramModel?
  private var merger = BytePairMerger()
  private var spelling: [UInt8] = []

  init(symbols: CharacterSymbols?, looksPiecesUp: Bool, unigram: UnigramModel?) {
    self.unigram = unigram
    self.symbols = symbols
    self.looksPiecesUp = looksPiecesUp
  }

  mutating func encode(
    _ piece: UnsafeBufferPointer<UInt8>, _ tables: TokenizerTables.View, into ids: inout [Int]
  ) {
    if let unigram {
      unigram.encode(piece, with: tables, into: &ids)
    } else if looksPiecesUp, let id = whole(piece, tables) {
      ids.append(id)
    } else {
      merger.encode(piece, with: tables, characters: symbols, into: &ids)
    }
  }

  /// The token of the model that stands for a whole piece of text.
  private mutating func whole(
    _ piece: UnsafeBufferPointer<UInt8>, _ tables: TokenizerTables.View
  ) -> Int? {
    guard symbols == nil else { return tables.id(of: piece) }
    spelling.removeAll(keepingCapacity: true)
    ByteAlphabet.spell(piece, into: &spelling)
    return spelling.withUnsafeBufferPointer { tables.id(of: $0) }
  }
}
