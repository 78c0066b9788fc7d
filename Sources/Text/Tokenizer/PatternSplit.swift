/// The `Split` step of the tokenizers package: a pattern, and what becomes of its matches.
struct PatternSplit: Sendable, Equatable {
  enum Behavior: String, CaseIterable, Sendable {
    case removed = "Removed"
    case isolated = "Isolated"
    case mergedWithPrevious = "MergedWithPrevious"
    case mergedWithNext = "MergedWithNext"
    case contiguous = "Contiguous"
  }

  var pattern: Pattern
  var behavior: Behavior
  /// Whether what is between matches counts as the matches.
  var isInverted = false

  /// Calls `body` with the pieces of `text`, which are never empty, in order.
  func split(
    _ text: UnsafeBufferPointer<UInt8>, _ body: (UnsafeBufferPointer<UInt8>) -> Void
  ) {
    func give(_ range: Range<Int>) {
      if !range.isEmpty { body(UnsafeBufferPointer(rebasing: text[range])) }
    }
    switch behavior {
    case .isolated: pattern.parts(of: text) { range, _ in give(range) }
    case .removed:
      pattern.parts(of: text) { range, isMatch in if isMatch == isInverted { give(range) } }
    case .contiguous: merge(text, give) { $0 == $1 }
    case .mergedWithPrevious: merge(text, give) { !$0 && $1 }
    case .mergedWithNext: mergeWithNext(text, give)
    }
  }

  /// Joins each part to the one before if `joins` says so of the two.
  ///
  /// - Parameter joins: Whether a part joins the one before it, by whether these are matches.
  private func merge(
    _ text: UnsafeBufferPointer<UInt8>, _ give: (Range<Int>) -> Void,
    joins: (_ before: Bool, _ part: Bool) -> Bool
  ) {
    var waiting: Range<Int>?
    var before = false
    pattern.parts(of: text) { range, isMatch in
      let isMatch = isMatch != isInverted
      if let known = waiting, joins(before, isMatch) {
        waiting = known.lowerBound..<range.upperBound
      } else {
        if let known = waiting { give(known) }
        waiting = range
      }
      before = isMatch
    }
    if let known = waiting { give(known) }
  }

  /// Joins a match to the part behind it, unless that is another match.
  private func mergeWithNext(_ text: UnsafeBufferPointer<UInt8>, _ give: (Range<Int>) -> Void) {
    var waiting: Range<Int>?
    pattern.parts(of: text) { range, isMatch in
      let start = waiting?.lowerBound ?? range.lowerBound
      if isMatch != isInverted {
        if let known = waiting { give(known) }
        waiting = range
      } else {
        give(start..<range.upperBound)
        waiting = nil
      }
    }
    if let known = waiting { give(known) }
  }
}
