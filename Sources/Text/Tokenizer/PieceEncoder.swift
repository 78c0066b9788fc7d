/// Encodes pieces one after another, reusing working memory.
struct PieceEncoder {
  let symbols: CharacterSymbols?
  let looksUpWholePieces: Bool
  let unigram: UnigramModel?
  private var merger = BytePairMerger()
  private var spelling: [UInt8] = []

  init(symbols: CharacterSymbols?, looksUpWholePieces: Bool, unigram: UnigramModel?) {
    self.unigram = unigram
    self.symbols = symbols
    self.looksUpWholePieces = looksUpWholePieces
  }

  mutating func encode(
    _ piece: UnsafeBufferPointer<UInt8>, _ tables: TokenizerTables.View, into ids: inout [Int]
  ) {
    if let unigram {
      unigram.encode(piece, with: tables, into: &ids)
    } else if looksUpWholePieces, let id = whole(piece, tables) {
      ids.append(id)
    } else {
      merger.encode(piece, with: tables, characters: symbols, into: &ids)
    }
  }

  /// The token that stands for the whole piece; nil if there is none.
  private mutating func whole(
    _ piece: UnsafeBufferPointer<UInt8>, _ tables: TokenizerTables.View
  ) -> Int? {
    guard symbols == nil else { return tables.id(of: piece) }
    spelling.removeAll(keepingCapacity: true)
    ByteAlphabet.spell(piece, into: &spelling)
    return spelling.withUnsafeBufferPointer { tables.id(of: $0) }
  }
}
