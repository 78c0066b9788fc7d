/// Reads a regular expression in Oniguruma's syntax of Ruby, which the tokenizers package uses.
struct PatternParser {
  struct Flags {
    var ignoresCase = false
    var dotIsAny = false
  }

  static let longest = 16_384
  static let deepest = 32
  static let mostRepeats = 1000
  /// The most choices in what is repeated without a limit. A match keeps all that it may still make otherwise, so
  /// that they count for every character of the text.
  static let mostRepeatedChoices = 6

  let scalars: [Unicode.Scalar]
  var position = 0
  private var depth = 0

  init(_ text: String) { scalars = Array(text.unicodeScalars) }

  /// Reads all of the expression.
  static func parse(_ text: String) throws(PatternFault) -> PatternNode {
    var parser = PatternParser(text)
    guard parser.scalars.count <= longest else {
      throw PatternFault(
        column: longest, found: "\(parser.scalars.count) characters",
        expected: "at most \(longest)")
    }
    let node = try parser.choice(Flags())
    guard parser.position == parser.scalars.count else {
      throw parser.fault("\")\"", "a group that it closes")
    }
    return node
  }

  // MARK: Reading characters

  var next: Unicode.Scalar? { peek(0) }

  func peek(_ offset: Int) -> Unicode.Scalar? {
    position + offset < scalars.count ? scalars[position + offset] : nil
  }

  mutating func take() -> Unicode.Scalar? {
    guard let scalar = next else { return nil }
    position += 1
    return scalar
  }

  /// Takes `text` if it is next.
  mutating func take(_ text: String) -> Bool {
    let wanted = Array(text.unicodeScalars)
    guard scalars[position...].starts(with: wanted) else { return false }
    position += wanted.count
    return true
  }

  func fault(_ found: String, _ expected: String, at place: Int? = nil) -> PatternFault {
    PatternFault(column: (place ?? position) + 1, found: found, expected: expected)
  }

  // MARK: Structure

  /// Reads alternatives up to the end or to the parenthesis that closes them.
  mutating func choice(_ flags: Flags) throws(PatternFault) -> PatternNode {
    depth += 1
    defer { depth -= 1 }
    guard depth <= Self.deepest else {
      throw fault("more than \(Self.deepest) groups inside one another", "fewer")
    }
    var parts = [try sequence(flags)]
    while take("|") { parts.append(try sequence(flags)) }
    return parts.count == 1 ? parts[0] : .choice(parts)
  }

  private mutating func sequence(_ flags: Flags) throws(PatternFault) -> PatternNode {
    var parts: [PatternNode] = []
    var literals: [UInt32] = []
    while let scalar = next, scalar != "|", scalar != ")" {
      if let changed = try takeFlags(flags) {
        // The flags hold for the rest of the group, its other alternatives among it.
        parts.append(try choice(changed))
        break
      }
      let start = position
      let atom = try atom(flags)
      guard let part = atom.node else { continue }
      let repeated = try repeats(part, from: start)
      parts.append(repeated)
      guard flags.ignoresCase, let literal = atom.literal else {
        literals = []
        continue
      }
      // The longest text that equals a single letter is looked back for, no more.
      literals = literals.suffix(CaseFolding.longestText - 1)
      literals.append(CaseFolding.representative(of: literal))
      if repeated != part { literals = [] }
      try checkFolding(literals, literal, at: start)
    }
    return parts.count == 1 ? parts[0] : .sequence(parts)
  }

  private func checkFolding(
    _ literals: [UInt32], _ literal: UInt32, at place: Int
  ) throws(PatternFault) {
    guard !CaseFolding.foldedScalars.contains(literal),
      !CaseFolding.isTextFolded(endOf: literals)
    else {
      throw fault(
        "letters that equal another number of letters if case is ignored",
        "letters that equal single ones", at: place)
    }
  }

  /// Reads one thing that can be repeated; `literal` is set if it is a character, `node` is nil for a comment.
  private mutating func atom(
    _ flags: Flags
  ) throws(PatternFault) -> (node: PatternNode?, literal: UInt32?) {
    let start = position
    guard let scalar = take() else { return (nil, nil) }
    switch scalar {
    case "(": return (try group(flags), nil)
    case "[": return (.set(try bracket(flags)), nil)
    case ".": return (.set(flags.dotIsAny ? .all : UnicodeSets.newline.inverted), nil)
    case "^": return (.anchor(.lineStart), nil)
    case "$": return (.anchor(.lineEnd), nil)
    case "*", "+", "?": throw fault("\"\(scalar)\" after nothing", "something to repeat", at: start)
    case "\\":
      switch try escape(from: start) {
      case .node(let node): return (node, nil)
      case .literal(let value): return (.set(literal(value, flags)), value)
      }
    case "{":
      position = start
      if try interval() != nil {
        throw fault("a repeat after nothing", "something to repeat", at: start)
      }
      position = start + 1
      return (.set(literal(scalar.value, flags)), scalar.value)
    default: return (.set(literal(scalar.value, flags)), scalar.value)
    }
  }

  private func literal(_ value: UInt32, _ flags: Flags) -> ScalarSet {
    flags.ignoresCase ? ScalarSet(CaseFolding.orbit(of: value)) : ScalarSet(value)
  }
}
