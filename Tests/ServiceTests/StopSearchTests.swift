import CleaveGenerate
import CleaveStorage
import Testing

/// Compares the search for stop texts with its definition: the text before the earliest place where one stands.
@Suite(.timeLimit(.minutes(20))) struct StopSearchTests {
  /// What is shown of pieces, one after another, and whether a stop text was found.
  private func shown(_ pieces: [String], _ stop: [String]) -> (texts: [String], isStopped: Bool) {
    var search = StopSearch(stop)
    let texts = pieces.enumerated().map {
      search.take($1, atEnd: $0 == pieces.count - 1)
    }
    return (texts, search.isStopped)
  }

  /// The definition, which looks at every place again with every piece.
  private func expected(_ pieces: [String], _ stop: [String]) -> (texts: [String], isStopped: Bool)
  {
    var (held, isStopped): ([Unicode.Scalar], Bool) = ([], false)
    let stop = stop.map { Array($0.unicodeScalars) }
    let texts = pieces.enumerated().map { index, piece in
      guard !isStopped else { return "" }
      held += piece.unicodeScalars
      let cut = held.indices.first { place in stop.contains { held[place...].starts(with: $0) } }
      let kept = stop.map { text in
        (0..<text.count).last { held.suffix($0).elementsEqual(text.prefix($0)) } ?? 0
      }
      let end = cut ?? (index == pieces.count - 1 ? held.count : held.count - (kept.max() ?? 0))
      let text = String(String.UnicodeScalarView(held[..<end]))
      held = cut == nil ? Array(held[end...]) : []
      isStopped = cut != nil
      return text
    }
    return (texts, isStopped)
  }

  /// Texts of few letters, in which stop texts begin often and overlap.
  @Test func isTheDefinition() {
    var random = SplitMix64(seed: 5)
    func text(_ count: Int) -> String {
      (0..<count).map { _ in ["a", "b", "\u{301}"][random.below(3)] }.joined()
    }
    var stopped = 0
    for _ in 0..<3000 {
      let stop = (0..<random.below(4)).map { _ in text(1 + random.below(6)) }
      let pieces = (0..<10).map { _ in text(random.below(4)) }
      let (found, wanted) = (shown(pieces, stop), expected(pieces, stop))
      #expect(found.texts.map { Array($0.utf8) } == wanted.texts.map { Array($0.utf8) })
      #expect(found.isStopped == wanted.isStopped, "\(stop) in \(pieces)")
      stopped += wanted.isStopped ? 1 : 0
    }
    #expect((500..<2900).contains(stopped))
  }

  @Test(arguments: [
    (["ab", "cd", "e"], ["bc", "abcd"], ["", "", ""], true),
    (["x", "abc", "d"], ["bc", "abcd"], ["x", "a", ""], true),
    (["ab", "a", "bx"], ["abc"], ["", "ab", "abx"], false),
    (["one\r", "\n", "two"], ["\n"], ["one\r", "", ""], true),
    (["a", "b"], [], ["a", "b"], false), (["", "a"], [""], ["", ""], true),
  ])
  func whatIsShownWhen(pieces: [String], stop: [String], texts: [String], isStopped: Bool) {
    let found = shown(pieces, stop)
    #expect(found.texts.map { Array($0.utf8) } == texts.map { Array($0.utf8) })
    #expect(found.isStopped == isStopped)
  }

  /// The longest and most stop texts that a request may have, of which every token may be the beginning: a search that
  /// looks at all places again would not come back.
  @Test func longStopTextsCostNoMoreThanShortOnes() {
    let stop = (0..<16).map { String(repeating: "a", count: 1023 - $0) + "b" }
    var search = StopSearch(stop)
    var count = 0
    for _ in 0..<100_000 { count += search.take("a", atEnd: false).utf8.count }
    #expect(count == 100_000 - 1023)
    #expect(search.take("b", atEnd: true).isEmpty && search.isStopped)
  }
}
