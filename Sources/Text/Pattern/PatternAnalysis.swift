/// Finds out with what the text must go on at each choice, so that most choices need no attempt.
struct PatternAnalysis {
  /// The most steps that are looked at behind a run. Where more can follow, the run may give scalars back in vain;
  /// to look at all would take a pattern of many runs the square of its length.
  private static let farthest = 32

  private var program: PatternProgram
  private let sets: [ScalarSet]

  init(_ program: PatternProgram, sets: [ScalarSet]) {
    self.program = program
    self.sets = sets
  }

  func finished() -> PatternProgram {
    let bytes = bytes()
    var result = program
    result.firsts = Array(repeating: .all, count: program.branches)
    result.seconds = result.firsts
    result.start = bytes.first ?? .all
    var loops: Set<Int> = []
    for (index, step) in program.steps.enumerated() {
      if case .jump(let start) = step, start < index { loops.insert(start) }
    }
    for (index, step) in program.steps.enumerated() {
      switch step {
      // The choice to go round again is made in any case, for its failure to be remembered.
      case .split where loops.contains(index): break
      case .split(let first, let second, let branch):
        result.firsts[branch] = bytes[first]
        result.seconds[branch] = bytes[second]
      case .run(let set, let branch, isFinal: false) where gainsNothing(sets[set], index + 1):
        result.steps[index] = .run(set: set, branch: branch, isFinal: true)
      default: break
      }
    }
    return result
  }
}

// MARK: - What can come first

extension PatternAnalysis {
  /// The bytes with which a match can go on at each step.
  ///
  /// What a step leads to is known before the step, going backwards, but for the jumps back of repeats: these take a
  /// few rounds, no more than repeats are nested.
  private func bytes() -> [FirstBytes] {
    let own = sets.indices.map(bytes(ofSet:))
    var bytes = [FirstBytes](repeating: FirstBytes(), count: program.steps.count)
    var isChanged = true
    while isChanged {
      isChanged = false
      for index in program.steps.indices.reversed() {
        let found = self.bytes(at: index, own, bytes)
        if found != bytes[index] {
          bytes[index] = found
          isChanged = true
        }
      }
    }
    return bytes
  }

  private func bytes(ofSet set: Int) -> FirstBytes {
    FirstBytes(
      low: program.ascii[2 * set], high: program.ascii[2 * set + 1],
      hasOthers: sets[set].bounds.last.map { $0 > 0x80 } ?? false)
  }

  /// The bytes at a step, from those of sets and those known of other steps.
  private func bytes(at index: Int, _ own: [FirstBytes], _ known: [FirstBytes]) -> FirstBytes {
    switch program.steps[index] {
    case .byte(let byte):
      var bytes = FirstBytes()
      bytes.add(byte)
      return bytes
    case .one(let set): return own[set]
    case .run(let set, _, _), .maybe(let set): return own[set].union(known[index + 1])
    case .split(let first, let second, _): return known[first].union(known[second])
    case .jump(let next): return known[next]
    case .anchor: return known[index + 1]
    case .look(let next, _, _, _): return known[next]
    case .atomic: return .all
    case .accept: return FirstBytes(isOptional: true)
    }
  }
}

// MARK: - What runs need not give back

extension PatternAnalysis {
  /// Whether a run of `set` that has to give scalars back cannot be followed by a match at `start`: what
  /// comes there begins with no scalar of the set. False if that is not known.
  private func gainsNothing(_ set: ScalarSet, _ start: Int) -> Bool {
    var seen: Set<Int> = []
    var waiting = [start]
    while let index = waiting.popLast() {
      guard seen.insert(index).inserted else { continue }
      guard seen.count <= Self.farthest else { return false }
      switch program.steps[index] {
      case .byte(let byte): if set.contains(UInt32(byte)) { return false }
      case .one(let other): if set.meets(sets[other]) { return false }
      case .run(let other, _, _), .maybe(let other):
        if set.meets(sets[other]) { return false }
        waiting.append(index + 1)
      case .split(let first, let second, _): waiting += [first, second]
      case .jump(let next): waiting.append(next)
      case .accept: break  // Nothing need follow: the whole run is taken.
      // These depend on the place too.
      case .anchor, .look, .atomic: return false
      }
    }
    return true
  }
}
