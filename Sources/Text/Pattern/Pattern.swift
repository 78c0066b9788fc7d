/// A regular expression that splits texts, with the meaning that Oniguruma gives it in the tokenizers package.
/// What it takes to match a text is bounded by the size of the program times the size of the text. What is kept of
/// the choices of a match is bounded too: a few for each character, because repeats without a limit hold few.
package struct Pattern: Sendable, Equatable {
  let source: String
  private let program: PatternProgram

  /// - Throws: `PatternFault` for what is not supported or no regular expression.
  package init(_ source: String) throws(PatternFault) {
    self.source = source
    program = try PatternCompiler.compile(PatternParser.parse(source))
  }

  /// The expression that matches exactly `text`.
  init(literal text: String) throws(PatternFault) {
    source = text
    program = try PatternCompiler.compile(
      .sequence(text.unicodeScalars.map { .set(ScalarSet($0.value)) }))
  }

  /// The expression that a part says, which must be small.
  init(_ source: String, _ node: PatternNode) {
    self.source = source
    do {
      program = try PatternCompiler.compile(node)
    } catch { preconditionFailure("\(source): \(error.found)") }
  }

  package static func == (one: Pattern, other: Pattern) -> Bool {
    one.source.utf8.elementsEqual(other.source.utf8) && one.program == other.program
  }

  /// Whether the expression matches at the beginning of `text`, as `re.match` of Python asks.
  package func matchesBeginning(of text: String) -> Bool {
    var text = text
    return text.withUTF8 { bytes in
      var search = PatternSearch(program, in: bytes)
      return search.matchesBeginning()
    }
  }

  /// Calls `body` with the matches in order and with what is between them. Only a match can be empty.
  func parts(
    of text: UnsafeBufferPointer<UInt8>, _ body: (_ range: Range<Int>, _ isMatch: Bool) -> Void
  ) {
    var search = PatternSearch(program, in: text)
    var given = 0
    while let match = search.next() {
      if match.lowerBound > given { body(given..<match.lowerBound, false) }
      body(match, true)
      given = match.upperBound
    }
    if given < text.count { body(given..<text.count, false) }
  }
}
