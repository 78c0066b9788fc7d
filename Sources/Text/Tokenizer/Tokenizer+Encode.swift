extension Tokenizer {
  /// The ids of `text`.
  ///
  /// - Parameter addSpecialTokens: whether to add the tokens that the post-processor puts around a
  ///   text, such as the beginning of text. Special tokens spelled out in the text are recognized
  ///   either way.
  package func encode(_ text: String, addSpecialTokens: Bool = true) -> [Int] {
    var ids = addSpecialTokens ? postProcessor.before : []
    var text = text
    text.withUTF8 { encode($0, into: &ids) }
    return addSpecialTokens ? ids + postProcessor.after : ids
  }

  private func encode(_ text: UnsafeBufferPointer<UInt8>, into ids: inout [Int]) {
    var encoder = PieceEncoder(
      symbols: symbols, looksUpWholePieces: looksUpWholePieces, unigram: unigram)
    // Copied out of self: the closures would otherwise copy all of it for each piece of text.
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
