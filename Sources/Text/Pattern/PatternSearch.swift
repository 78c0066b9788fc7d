/// Finds the matches of a regular expression in one text, one after another: the leftmost, there the one
/// that the order of alternatives prefers.
struct PatternSearch {
  /// A choice that was made and can be made otherwise. A text of a megabyte can make millions of them.
  private struct Choice {
    var place: PatternPlace
    /// The first position of a run.
    var low: Int
  }

  /// A choice without another alternative left, on the way of the match inside a look or group; the
  /// number of its place is the branch.
  private struct Passed {
    var place: PatternPlace
    var height: Int
  }

  private let program: PatternProgram
  private let text: UnsafeBufferPointer<UInt8>
  private var memo: PatternMemo
  private var choices: [Choice] = []
  private var passed: [Passed] = []
  private var from = 0
  private var lastEnd: Int?

  init(_ program: PatternProgram, in text: UnsafeBufferPointer<UInt8>) {
    self.program = program
    self.text = text
    memo = PatternMemo(program)
  }

  /// The next match. An empty one directly behind another is left out, as in the onig crate.
  mutating func next() -> Range<Int>? {
    while from <= text.count {
      guard let match = leftmost() else {
        from = text.count + 1
        return nil
      }
      if match.isEmpty, lastEnd == match.upperBound {
        from = after(match.upperBound)
        continue
      }
      from = match.upperBound
      lastEnd = match.upperBound
      return match
    }
    return nil
  }

  /// Whether there is a match that begins with the text.
  mutating func matchesBeginning() -> Bool {
    program.start.allows(text, 0) && match(0, at: 0, isInner: false) != nil
  }

  private mutating func leftmost() -> Range<Int>? {
    var start = from
    while true {
      if program.start.allows(text, start) {
        memo.advance(to: start)
        if let end = match(0, at: start, isInner: false) {
          memo.clear(end)
          return start..<end
        }
      }
      guard start < text.count else { return nil }
      start = after(start)
    }
  }

  private func after(_ position: Int) -> Int {
    guard position < text.count else { return position + 1 }
    return position + ScalarReader.scalar(in: text, at: position).length
  }

  private func before(_ position: Int) -> Int {
    var position = position - 1
    while position > 0, text[position] & 0xC0 == 0x80 { position -= 1 }
    return position
  }

  /// The end of a match of the steps from `start` on; nil if there is none. Recurses only for what is
  /// nested in the expression.
  private mutating func match(_ start: Int, at origin: Int, isInner: Bool) -> Int? {
    let height = choices.count
    let behind = passed.count
    var step = start
    var position = origin
    while true {
      switch go(&step, &position, isInner: isInner) {
      case .on: continue
      case .failed:
        guard resume(&step, &position, above: height, behind, isInner: isInner) else { return nil }
      case .ended(let end):
        if isInner { finish(above: height, behind, end) }
        choices.removeLast(choices.count - height)
        return end
      }
    }
  }

  private enum Outcome {
    case on, failed
    case ended(Int)
  }

  /// Takes one step.
  @inline(__always)
  private mutating func go(
    _ step: inout Int, _ position: inout Int, isInner: Bool
  ) -> Outcome {
    switch program.steps[step] {
    case .byte(let byte):
      guard position < text.count, text[position] == byte else { return .failed }
      position += 1
      step += 1
    case .one(let set):
      let end = program.end(set, text, position)
      guard end >= 0 else { return .failed }
      position = end
      step += 1
    case .maybe(let set):
      let end = program.end(set, text, position)
      if end >= 0 { position = end }
      step += 1
    case .run(let set, let branch, let isFinal):
      return run(set, branch, isFinal, &step, &position, isInner: isInner)
    case .split(let first, let second, let branch):
      if memo.isFailed(branch, position) { return .failed }
      if isInner, memo.isDone(branch, position) { return .ended(known(branch, position)) }
      let canTakeSecond = program.seconds[branch].allows(text, position)
      if program.firsts[branch].allows(text, position) {
        if canTakeSecond {
          choices.append(Choice(place: PatternPlace(step, position), low: position))
        }
        step = first
      } else {
        guard canTakeSecond else { return .failed }
        step = second
      }
    case .jump(let next): step = next
    case .anchor(let anchor):
      guard anchor.holds(in: text, at: position) else { return .failed }
      step += 1
    case .look(let next, let branch, let isNegated, let back):
      guard looks(step + 1, branch, back: back, at: position) != isNegated else { return .failed }
      step = next
    case .atomic(let next, let branch):
      guard let end = atomic(step + 1, branch, at: position) else { return .failed }
      position = end
      step = next
    case .accept: return .ended(position)
    }
    return .on
  }

  /// The end of the atomic group inside which a branch is known to succeed; for looks it does not matter.
  private func known(_ branch: Int, _ position: Int) -> Int {
    memo.end(branch, position) ?? position
  }

  private mutating func run(
    _ set: Int, _ branch: Int, _ isFinal: Bool, _ step: inout Int, _ position: inout Int,
    isInner: Bool
  ) -> Outcome {
    let low = position
    var end = position
    while true {
      if memo.isFailed(branch, end) {
        if end == low { return .failed }
        // What the run can be followed by further on is known to fail.
        guard !isFinal else {
          failRun(branch, low, end)
          return .failed
        }
        end = before(end)
        break
      }
      if isInner, memo.isDone(branch, end) {
        let known = known(branch, end)
        for place in low..<end { memo.finish(branch, place, known) }
        return .ended(known)
      }
      let next = program.end(set, text, end)
      if next < 0 { break }
      end = next
    }
    if end > low {
      choices.append(Choice(place: PatternPlace(step, end), low: low))
    }
    position = end
    step += 1
    return .on
  }

  private mutating func failRun(_ branch: Int, _ low: Int, _ high: Int) {
    for place in low...high { memo.fail(branch, place) }
  }
}

// MARK: - Going back and remembering

extension PatternSearch {
  /// Takes the next alternative of the last choice that has one; false if none above `height` has.
  private mutating func resume(
    _ step: inout Int, _ position: inout Int, above height: Int, _ behind: Int, isInner: Bool
  ) -> Bool {
    while choices.count > height {
      let last = choices.count - 1
      let choice = choices[last]
      let (number, high) = (choice.place.number, choice.place.position)
      switch program.steps[number] {
      case .split(_, let second, let branch):
        choices.removeLast()
        (step, position) = (second, high)
        pass(branch, high, isInner)
        return true
      case .run(_, let branch, let isFinal):
        if isFinal {
          choices.removeLast()
          failRun(branch, choice.low, high)
          continue
        }
        memo.fail(branch, high)
        position = before(high)
        step = number + 1
        if position > choice.low {
          choices[last].place = PatternPlace(number, position)
          forget(above: choices.count)
        } else {
          choices.removeLast()
          pass(branch, position, isInner)
        }
        return true
      default: preconditionFailure("no other step makes choices")
      }
    }
    passed.removeLast(passed.count - behind)
    return false
  }

  /// Notes that the last alternative of a choice is being tried: if it fails, all have.
  private mutating func pass(_ branch: Int, _ position: Int, _ isInner: Bool) {
    memo.fail(branch, position)
    forget(above: choices.count)
    if isInner {
      passed.append(Passed(place: PatternPlace(branch, position), height: choices.count))
    }
  }

  private mutating func forget(above height: Int) {
    while let last = passed.last, last.height > height { passed.removeLast() }
  }

  /// Notes that all on the way to the end of a look or group succeed.
  private mutating func finish(above height: Int, _ behind: Int, _ end: Int) {
    for choice in choices[height...] {
      let high = choice.place.position
      switch program.steps[choice.place.number] {
      case .split(_, _, let branch): memo.finish(branch, high, end)
      case .run(_, let branch, _):
        for position in choice.low...high { memo.finish(branch, position, end) }
      default: break
      }
    }
    for known in passed[behind...] {
      memo.finish(known.place.number, known.place.position, end)
    }
    passed.removeLast(passed.count - behind)
  }
}

// MARK: - Looks and groups

extension PatternSearch {
  private mutating func looks(_ step: Int, _ branch: Int, back: Int, at position: Int) -> Bool {
    if memo.isFailed(branch, position) { return false }
    if memo.isDone(branch, position) { return true }
    var start = position
    for _ in 0..<back {
      guard start > 0 else { return false }
      start = before(start)
    }
    let isFound = match(step, at: start, isInner: true) != nil
    if isFound { memo.finish(branch, position, position) } else { memo.fail(branch, position) }
    return isFound
  }

  private mutating func atomic(_ step: Int, _ branch: Int, at position: Int) -> Int? {
    if memo.isFailed(branch, position) { return nil }
    if memo.isDone(branch, position), let end = memo.end(branch, position) { return end }
    guard let end = match(step, at: position, isInner: true) else {
      memo.fail(branch, position)
      return nil
    }
    memo.finish(branch, position, end)
    return end
  }
}
