extension Tokenizer {
  /// The ids of `text`.
  ///
  /// - Parameter addSpecialTokens: puts the tokens around it that the post-processor asks for, such
  ///   as the beginning of text. Special tokens spelled out in the text are found either way.
  public func encode(_ text: String, addSpecialTokens: Bool = true) -> [Int] {
    var ids = addSpecialTokens ? postProcessor.before : []
    var text = text
    text.withUTF8 { encode($0, into: &ids) }
    return addSpecialTokens ? ids + postProcessor.after : ids
  }

  private func encode(_ text: UnsafeBufferPointer<UInt8>, into ids: inout [Int]) {
    // Taken out of self: the closures would copy all of it for each piece of text.
    let (preTokenizer, looksPiecesUp) = (preTokenizer, looksPiecesUp)
    var merger = BytePairMerger()
    var spelling: [UInt8] = []
    tables.withView { tables in
      addedTokens.split(text) { part in
        switch part {
        case .token(let id): ids.append(id)
        case .text(let range):
          preTokenizer.split(UnsafeBufferPointer(rebasing: text[range])) { piece in
            if looksPiecesUp, let id = tables.id(ofPiece: piece, spelling: &spelling) {
              ids.append(id)
            } else {
              merger.encode(piece, with: tables, into: &ids)
            }
          }
        }
      }
    }
  }
}

extension TokenizerTables.View {
  /// The token of the model that stands for a whole piece of text.
  ///
  /// - Parameter spelling: working memory, kept between pieces.
  fileprivate func id(
    ofPiece piece: UnsafeBufferPointer<UInt8>, spelling: inout [UInt8]
  ) -> Int? {
    spelling.removeAll(keepingCapacity: true)
    ByteAlphabet.spell(piece, into: &spelling)
    return spelling.withUnsafeBufferPointer { id(of: $0) }
  }
}
