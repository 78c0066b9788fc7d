/// A place in the text.
enum PatternAnchor: Sendable, Hashable {
  case textStart, textEnd, lastLineEnd, lineStart, lineEnd, wordBoundary, noWordBoundary

  /// Whether it holds at a position of a text, between two characters or at an end.
  func holds(in text: UnsafeBufferPointer<UInt8>, at position: Int) -> Bool {
    let isNewline = position < text.count && text[position] == 0x0A
    let isAfterNewline = position > 0 && text[position - 1] == 0x0A
    return switch self {
    case .textStart: position == 0
    case .textEnd: position == text.count
    case .lastLineEnd: position == text.count || (isNewline && position + 1 == text.count)
    case .lineStart: position == 0 || (isAfterNewline && position < text.count)
    case .lineEnd: position == text.count || isNewline
    case .wordBoundary: Self.isBoundary(in: text, at: position)
    case .noWordBoundary: !Self.isBoundary(in: text, at: position)
    }
  }

  private static func isBoundary(in text: UnsafeBufferPointer<UInt8>, at position: Int) -> Bool {
    func isWord(_ scalar: Unicode.Scalar?) -> Bool {
      scalar.map { UnicodeSets.word.contains($0.value) } ?? false
    }
    let next = position < text.count ? ScalarReader.scalar(in: text, at: position).scalar : nil
    return isWord(next) != isWord(ScalarReader.last(in: text, before: position)?.scalar)
  }
}
