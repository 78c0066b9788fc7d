/// Turns a parsed regular expression into steps.
struct PatternCompiler {
  static let mostSteps = PatternPlace.mostNumbers
  static let mostBranches = 512
  /// The most places with a choice in atomic groups. Where these groups end is kept for each of them and each
  /// character of the text.
  static let mostGroupBranches = 16

  private var program = PatternProgram()
  private var sets: [ScalarSet: Int] = [:]
  private var members: [ScalarSet] = []
  /// How many atomic groups are being emitted, one inside another.
  private var groups = 0

  static func compile(_ node: PatternNode) throws(PatternFault) -> PatternProgram {
    var compiler = PatternCompiler()
    try compiler.emit(node)
    try compiler.add(.accept)
    guard compiler.program.branches <= mostBranches else {
      throw PatternFault(
        column: 1, found: "\(compiler.program.branches) places with a choice",
        expected: "at most \(mostBranches), repeats written out")
    }
    guard compiler.program.groupBranches <= mostGroupBranches else {
      throw PatternFault(
        column: 1,
        found: "\(compiler.program.groupBranches) places with a choice in atomic groups",
        expected: "at most \(mostGroupBranches), repeats written out")
    }
    return PatternAnalysis(compiler.program, sets: compiler.members).finished()
  }

  private var here: Int { program.steps.count }

  @discardableResult
  private mutating func add(_ step: PatternProgram.Step) throws(PatternFault) -> Int {
    guard here < Self.mostSteps else {
      throw PatternFault(
        column: 1, found: "more than \(Self.mostSteps) steps, repeats written out",
        expected: "a shorter expression")
    }
    program.steps.append(step)
    return here - 1
  }

  private mutating func branch() -> Int {
    program.groupPlaces.append(groups > 0 ? program.groupBranches : nil)
    program.branches += 1
    if groups > 0 { program.groupBranches += 1 }
    return program.branches - 1
  }

  private mutating func index(_ set: ScalarSet) -> Int {
    if let known = sets[set] { return known }
    let index = members.count
    sets[set] = index
    members.append(set)
    program.bounds += set.bounds
    program.setStarts.append(program.bounds.count)
    for start in [UInt32(0), 64] {
      let word = (0..<UInt32(64)).reduce(UInt64(0)) {
        set.contains(start + $1) ? $0 | 1 << UInt64($1) : $0
      }
      program.ascii.append(word)
    }
    return index
  }

  private mutating func emit(_ node: PatternNode) throws(PatternFault) {
    switch node {
    case .set(let set):
      if let single = set.single, single < 0x80 {
        try add(.byte(UInt8(single)))
      } else {
        try add(.one(set: index(set)))
      }
    case .sequence(let parts): for part in parts { try emit(part) }
    case .choice(let parts): try emit(choice: parts)
    case .repeated(let part, let least, let most, let isLazy):
      try emit(part, times: least)
      if let most {
        try emit(optional: part, times: most - least, isLazy: isLazy)
      } else {
        try emit(unlimited: part, isLazy: isLazy)
      }
    case .ahead(let part, let isNegated): try emit(look: part, isNegated, back: 0)
    case .behind(let part, let isNegated): try emit(look: part, isNegated, back: part.width ?? 0)
    case .atomic(let part): try emit(atomic: part)
    case .anchor(let anchor): try add(.anchor(anchor))
    }
  }

  /// Emits a part again and again; one that takes no steps once only, for its number of times is bounded by nothing else.
  private mutating func emit(_ part: PatternNode, times: Int) throws(PatternFault) {
    for _ in 0..<times {
      let before = here
      try emit(part)
      if here == before { return }
    }
  }

  private mutating func emit(choice parts: [PatternNode]) throws(PatternFault) {
    var ends: [Int] = []
    for part in parts.dropLast() {
      let split = try add(.accept)
      let branch = branch()
      try emit(part)
      ends.append(try add(.accept))
      program.steps[split] = .split(first: split + 1, second: here, branch: branch)
    }
    if let last = parts.last { try emit(last) }
    for end in ends { program.steps[end] = .jump(here) }
  }

  private mutating func emit(
    optional part: PatternNode, times: Int, isLazy: Bool
  ) throws(PatternFault) {
    var splits: [(step: Int, branch: Int)] = []
    for _ in 0..<times {
      splits.append((try add(.accept), branch()))
      try emit(part)
    }
    for (step, branch) in splits {
      program.steps[step] =
        isLazy
        ? .split(first: here, second: step + 1, branch: branch)
        : .split(first: step + 1, second: here, branch: branch)
    }
  }

  private mutating func emit(unlimited part: PatternNode, isLazy: Bool) throws(PatternFault) {
    let start = here
    if case .set(let set) = part, !isLazy {
      try add(.run(set: index(set), branch: branch(), isFinal: false))
      return
    }
    try add(.accept)
    let branch = branch()
    try emit(part)
    try add(.jump(start))
    program.steps[start] =
      isLazy
      ? .split(first: here, second: start + 1, branch: branch)
      : .split(first: start + 1, second: here, branch: branch)
  }

  private mutating func emit(
    look part: PatternNode, _ isNegated: Bool, back: Int
  ) throws(PatternFault) {
    program.hasInner = true
    let look = try add(.accept)
    let branch = branch()
    try emit(part)
    try add(.accept)
    program.steps[look] = .look(next: here, branch: branch, isNegated: isNegated, back: back)
  }

  private mutating func emit(atomic part: PatternNode) throws(PatternFault) {
    if case .repeated(.set(let set), let least, let most, isLazy: false) = part {
      if most == nil {
        for _ in 0..<least { try emit(.set(set)) }
        try add(.run(set: index(set), branch: branch(), isFinal: true))
        return
      }
      if least == 0, most == 1 {
        try add(.maybe(set: index(set)))
        return
      }
    }
    program.hasInner = true
    groups += 1
    let atomic = try add(.accept)
    let branch = branch()
    try emit(part)
    try add(.accept)
    groups -= 1
    program.steps[atomic] = .atomic(next: here, branch: branch)
  }
}
