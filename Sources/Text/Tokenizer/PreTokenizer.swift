/// Splits text into the pieces that the model encodes one by one.
package struct PreTokenizer: Sendable, Equatable {
  enum Stage: Sendable, Equatable {
    /// Splits at digits, including those of other scripts: each digit is a piece, or each run of
    /// digits.
    case digits(individual: Bool)
    /// Splits text into the matches of a regular expression.
    case scan(TextScanner)
    /// Splits text by any other pattern.
    case split(PatternSplit)
    /// Puts a space before each piece that does not begin with one.
    case prefixSpace
    /// Replaces spaces by another character, and puts one before pieces that do not begin with it.
    case metaspace(Metaspace)
    /// Splits after each occurrence of a literal pattern (`MergedWithPrevious`).
    case cutAfter([UInt8])
    /// Splits before each occurrence of a literal pattern (`MergedWithNext`).
    case cutBefore([UInt8])
    /// Writes pieces in the byte alphabet for the steps that follow, and their pieces back as bytes.
    case spell
  }

  /// The `Metaspace` step of the tokenizers package.
  struct Metaspace: Sendable, Equatable {
    enum Prepend: String, CaseIterable, Sendable {
      case first, never, always
    }

    var replacement: [UInt8]
    var prepend: Prepend
    /// Whether the text is split before each of the replacement characters.
    var splits: Bool
  }

  let stages: [Stage]
  /// Whether pieces are spelled in the byte alphabet instead of their own characters.
  let isByteLevel: Bool

  /// Calls `body` with the pieces of `text` in order. They are valid only during the call.
  ///
  /// - Parameter isFirst: whether the text is at the beginning of the encoded text.
  func split(
    _ text: UnsafeBufferPointer<UInt8>, isFirst: Bool = true,
    _ body: (UnsafeBufferPointer<UInt8>) -> Void
  ) {
    guard let first = stages.first, case .metaspace(let space) = first else {
      return split(text, from: 0, body)
    }
    // Only a Metaspace that is the first stage depends on the position of the text.
    replaceSpaces(text, space, from: 0, isFirst: isFirst, body)
  }

  private func replaceSpaces(
    _ text: UnsafeBufferPointer<UInt8>, _ space: Metaspace, from stage: Int, isFirst: Bool,
    _ body: (UnsafeBufferPointer<UInt8>) -> Void
  ) {
    space.apply(to: text, isFirst: isFirst).withUnsafeBufferPointer { text in
      if space.splits {
        cut(text, from: stage, body) { Self.end(before: space.replacement, in: text, from: $0) }
      } else {
        split(text, from: stage + 1, body)
      }
    }
  }

  /// Cuts the text as the steps from `stage` on cut its spelling in the byte alphabet.
  private func splitSpelling(
    of text: UnsafeBufferPointer<UInt8>, from stage: Int,
    _ body: (UnsafeBufferPointer<UInt8>) -> Void
  ) {
    var spelling: [UInt8] = []
    ByteAlphabet.spell(text, into: &spelling)
    spelling.withUnsafeBufferPointer { spelling in
      split(spelling, from: stage) { piece in
        // Every character of the alphabet stands for a byte.
        (ByteAlphabet.decode(piece) ?? []).withUnsafeBufferPointer(body)
      }
    }
  }

  /// Recurses over the stages: each piece of a stage passes through the next stage before the next
  /// piece.
  private func split(
    _ text: UnsafeBufferPointer<UInt8>, from stage: Int,
    _ body: (UnsafeBufferPointer<UInt8>) -> Void
  ) {
    guard !text.isEmpty else { return }
    guard stage < stages.count else { return body(text) }
    switch stages[stage] {
    case .prefixSpace:
      if text[0] == UInt8(ascii: " ") { return split(text, from: stage + 1, body) }
      ([UInt8(ascii: " ")] + text).withUnsafeBufferPointer { split($0, from: stage + 1, body) }
    case .metaspace(let space): replaceSpaces(text, space, from: stage, isFirst: false, body)
    case .spell: splitSpelling(of: text, from: stage + 1, body)
    case .cutAfter(let pattern):
      cut(text, from: stage, body) { Self.end(after: pattern, in: text, from: $0) }
    case .cutBefore(let pattern):
      cut(text, from: stage, body) { Self.end(before: pattern, in: text, from: $0) }
    case .digits(let individual):
      cut(text, from: stage, body) { Self.digitsEnd(in: text, from: $0, individual) }
    case .split(let splitter): splitter.split(text) { split($0, from: stage + 1, body) }
    case .scan(let scanner):
      cut(text, from: stage, body) { scanner.matchEnd(in: text, from: $0) }
    }
  }

  private func cut(
    _ text: UnsafeBufferPointer<UInt8>, from stage: Int,
    _ body: (UnsafeBufferPointer<UInt8>) -> Void, at pieceEnd: (Int) -> Int
  ) {
    var start = 0
    while start < text.count {
      let end = pieceEnd(start)
      split(UnsafeBufferPointer(rebasing: text[start..<end]), from: stage + 1, body)
      start = end
    }
  }

  private static func digitsEnd(
    in text: UnsafeBufferPointer<UInt8>, from start: Int, _ individual: Bool
  ) -> Int {
    func read(_ position: Int) -> (isDigit: Bool, end: Int) {
      let (kind, end) = ScalarClass.read(text, at: position, unicode: ScalarClass.digitsVersion)
      return (kind == .number, end)
    }
    let first = read(start)
    if first.isDigit, individual { return first.end }
    var position = first.end
    while position < text.count {
      let next = read(position)
      guard next.isDigit == first.isDigit else { break }
      position = next.end
    }
    return position
  }

  /// The end of the piece from `start` up to and including the next occurrence of `pattern`.
  private static func end(
    after pattern: [UInt8], in text: UnsafeBufferPointer<UInt8>, from start: Int
  ) -> Int {
    var position = start
    while position < text.count {
      if text[position...].starts(with: pattern) { return position + pattern.count }
      position += 1
    }
    return text.count
  }

  /// The end of the piece from `start` up to the next occurrence of `pattern`, not counting one at
  /// `start`.
  private static func end(
    before pattern: [UInt8], in text: UnsafeBufferPointer<UInt8>, from start: Int
  ) -> Int {
    var position = start + (text[start...].starts(with: pattern) ? pattern.count : 1)
    while position < text.count, !text[position...].starts(with: pattern) { position += 1 }
    return position
  }
}

extension PreTokenizer.Metaspace {
  fileprivate func apply(to text: UnsafeBufferPointer<UInt8>, isFirst: Bool) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(text.count + replacement.count)
    for byte in text {
      if byte == UInt8(ascii: " ") { result += replacement } else { result.append(byte) }
    }
    let wants = prepend == .always || (prepend == .first && isFirst)
    guard wants, !result.isEmpty, !result.starts(with: replacement) else { return result }
    return replacement + result
  }
}
