/// Finds out with what the text must go on at each choice, so that most choices need no attempt.
struct PatternAnalysis {
  private var program: PatternProgram
  private let sets: [ScalarSet]

  init(_ program: PatternProgram, sets: [ScalarSet]) {
    self.program = program
    self.sets = sets
  }

  func finished() -> PatternProgram {
    var result = program
    result.firsts = Array(repeating: .all, count: program.branches)
    result.seconds = result.firsts
    result.start = bytes(from: 0)
    var loops: Set<Int> = []
    for (index, step) in program.steps.enumerated() {
      if case .jump(let start) = step, start < index { loops.insert(start) }
    }
    for (index, step) in program.steps.enumerated() {
      switch step {
      // The choice to go round again is made in any case, for its failure to be remembered.
      case .split where loops.contains(index): break
      case .split(let first, let second, let branch):
        result.firsts[branch] = bytes(from: first)
        result.seconds[branch] = bytes(from: second)
      case .run(let set, let branch, isFinal: false) where gainsNothing(sets[set], index + 1):
        result.steps[index] = .run(set: set, branch: branch, isFinal: true)
      default: break
      }
    }
    return result
  }

  /// The steps at which a match goes on from `start` without consuming anything; nil if it depends on the
  /// place too.
  private func frontier(from start: Int, passingLooks: Bool) -> [Int]? {
    var seen: Set<Int> = []
    var waiting = [start]
    var found: [Int] = []
    while let index = waiting.popLast() {
      guard seen.insert(index).inserted else { continue }
      switch program.steps[index] {
      case .byte, .one, .accept: found.append(index)
      case .run, .maybe:
        found.append(index)
        waiting.append(index + 1)
      case .split(let first, let second, _): waiting += [first, second]
      case .jump(let next): waiting.append(next)
      case .anchor:
        guard passingLooks else { return nil }
        waiting.append(index + 1)
      case .look(let next, _, _, _):
        guard passingLooks else { return nil }
        waiting.append(next)
      case .atomic: return nil
      }
    }
    return found
  }

  private func bytes(from start: Int) -> FirstBytes {
    guard let frontier = frontier(from: start, passingLooks: true) else { return .all }
    var bytes = FirstBytes()
    for index in frontier {
      switch program.steps[index] {
      case .byte(let byte): bytes.add(byte)
      case .one(let set), .run(let set, _, _), .maybe(let set):
        bytes.low |= program.ascii[2 * set]
        bytes.high |= program.ascii[2 * set + 1]
        if let last = sets[set].bounds.last, last > 0x80 { bytes.hasOthers = true }
      default: bytes.isOptional = true
      }
    }
    return bytes
  }

  /// Whether a run of `set` that has to give scalars back cannot be followed by a match at `next`: what
  /// comes there begins with no scalar of the set.
  private func gainsNothing(_ set: ScalarSet, _ next: Int) -> Bool {
    guard let frontier = frontier(from: next, passingLooks: false) else { return false }
    return frontier.allSatisfy { index in
      switch program.steps[index] {
      case .byte(let byte): !set.contains(UInt32(byte))
      case .one(let other), .run(let other, _, _), .maybe(let other):
        set.intersection(sets[other]).isEmpty
      default: true  // Nothing need follow: the whole run is taken.
      }
    }
  }
}
