/// Cuts text into the pieces that the model encodes one by one.
package struct PreTokenizer: Sendable, Equatable {
  enum Stage: Sendable, Equatable {
    /// Digits, Unicode's others included: each a piece of its own, or runs of them.
    case digits(individual: Bool)
    /// The matches of a regular expression.
    case scan(TextScanner)
    /// A space before each piece that has none.
    case prefixSpace
  }

  let stages: [Stage]

  /// Calls `body` with the pieces of `text` in order. They are valid during the call only.
  func split(_ text: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
    split(text, from: 0, body)
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
}
