/// Cuts text into the pieces that the model encodes one by one.
package struct PreTokenizer: Sendable, Equatable {
  enum Stage: Sendable, Equatable {
    /// Digits, Unicode's others included: each a piece of its own, or runs of them.
    case digits(individual: Bool)
    /// The matches of a regular expression.
    case scan(TextScanner)
    /// A space before each piece that has none.
    case prefixSpace
    /// Spaces as another character, and one of these before pieces that have none.
    case metaspace(Metaspace)
    /// Cut after every run of a character: what a literal pattern merged with the text before it does.
    case cutAfter([UInt8])
    /// Before each of them: merged with the text after it.
    case cutBefore([UInt8])
  }

  /// `Metaspace` of the tokenizers package.
  struct Metaspace: Sendable, Equatable {
    enum Prepend: String, CaseIterable, Sendable {
      case first, never, always
    }

    var replacement: [UInt8]
    var prepend: Prepend
    /// Whether pieces begin at each of the characters.
    var splits: Bool
  }

  let stages: [Stage]
  /// Whether pieces are looked up in the alphabet of bytes, and not as the characters they are.
  let isByteLevel: Bool

  /// Calls `body` with the pieces of `text` in order. They are valid during the call only.
  ///
  /// - Parameter isFirst: whether the text stands at the beginning of what is encoded.
  func split(
    _ text: UnsafeBufferPointer<UInt8>, isFirst: Bool = true,
    _ body: (UnsafeBufferPointer<UInt8>) -> Void
  ) {
    guard let first = stages.first, case .metaspace(let space) = first else {
      return split(text, from: 0, body)
    }
    // It alone asks where the text stands, and only goes first.
    space.apply(to: text, isFirst: isFirst).withUnsafeBufferPointer { text in
      if space.splits {
        cut(text, from: 0, body) { Self.end(before: space.replacement, in: text, from: $0) }
      } else {
        split(text, from: 1, body)
      }
    }
  }

  /// Recursion over the stages: each piece of one goes through the next before the next piece.
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
    case .metaspace: preconditionFailure("only the first stage can be one")
    case .cutAfter(let pattern):
      cut(text, from: stage, body) { Self.end(after: pattern, in: text, from: $0) }
    case .cutBefore(let pattern):
      cut(text, from: stage, body) { Self.end(before: pattern, in: text, from: $0) }
    case .digits(let individual):
      cut(text, from: stage, body) { Self.digitsEnd(in: text, from: $0, individual) }
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

  /// Where a piece ends that goes to the end of the next occurrence of a pattern.
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

  /// Where a piece ends that goes up to the next occurrence of a pattern but the one it begins with.
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
