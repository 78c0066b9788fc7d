/// Splits a template into tokens as Jinja2 does with `trim_blocks` and `lstrip_blocks`, the
/// settings of transformers: the newline after a tag is dropped, and so is white space before a tag
/// at the start of a line.
struct TemplateLexer {
  let source: [Unicode.Scalar]
  var position = 0
  private var tokens: [TemplateToken] = []
  /// The offset at which each line begins.
  private let lines: [Int]
  /// Whether the last thing read ended a line, or nothing has been read yet.
  private var isAtLineStart = true

  static func tokens(of template: String) throws -> [TemplateToken] {
    guard template.utf8.count <= TemplateLimits.sourceBytes else {
      throw TemplateFault(
        .init(line: 1, column: 1), "a template of \(template.utf8.count) bytes",
        expected: "at most \(TemplateLimits.sourceBytes)")
    }
    var lexer = TemplateLexer(template)
    try lexer.run()
    return lexer.tokens
  }

  /// Line ends of any kind become `\n`, and one at the end is dropped, as in Jinja2.
  private init(_ template: String) {
    var source: [Unicode.Scalar] = []
    var afterReturn = false
    for scalar in template.unicodeScalars {
      if scalar == "\n", afterReturn {
        afterReturn = false
        continue
      }
      afterReturn = scalar == "\r"
      source.append(afterReturn ? "\n" : scalar)
    }
    if source.last == "\n" { source.removeLast() }
    self.source = source
    lines = [0] + source.indices.filter { source[$0] == "\n" }.map { $0 + 1 }
  }

  private func location(_ position: Int) -> TemplateFault.Location {
    var (low, high) = (0, lines.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if lines[middle] <= position { low = middle } else { high = middle }
    }
    return .init(line: low + 1, column: position - lines[low] + 1)
  }

  func fault(_ found: String, expected: String) -> TemplateFault {
    TemplateFault(location(position), found, expected: expected)
  }

  func starts(_ text: String, at position: Int) -> Bool {
    var position = position
    for scalar in text.unicodeScalars {
      guard position < source.count, source[position] == scalar else { return false }
      position += 1
    }
    return true
  }

  // MARK: Text

  private mutating func run() throws {
    while position < source.count {
      let start = position
      while position < source.count, opening(at: position) == nil { position += 1 }
      guard let opening = opening(at: position) else {
        appendText(source[start...], at: start)
        return
      }
      text(from: start, before: opening)
      try inside(opening)
    }
  }

  private func opening(at position: Int) -> String? {
    guard position < source.count, source[position] == "{" else { return nil }
    return ["{{", "{%", "{#"].first { starts($0, at: position) }
  }

  /// Appends the text before a tag, without the white space that the tag's sign or `lstrip_blocks`
  /// removes.
  private mutating func text(from start: Int, before opening: String) {
    var text = source[start..<position]
    let sign = position + 2 < source.count ? source[position + 2] : " "
    if sign == "-" {
      while let last = text.last, last.isPythonSpace { text.removeLast() }
    } else if sign != "+", opening != "{{" {
      let line = text.lastIndex(of: "\n").map { $0 + 1 }
      let first = line ?? text.startIndex
      if line != nil || isAtLineStart, text[first...].allSatisfy(\.isPythonSpace) {
        text = text[..<first]
      }
    }
    appendText(text, at: start)
  }

  private mutating func appendText(_ text: ArraySlice<Unicode.Scalar>, at start: Int) {
    guard !text.isEmpty else { return }
    tokens.append(TemplateToken(kind: .text(String(text)), location: location(start)))
  }

  // MARK: Tags

  private mutating func inside(_ opening: String) throws {
    let start = position
    position += 2
    if position < source.count, source[position] == "-" || source[position] == "+" { position += 1 }
    if opening == "{#" { return try comment(from: start) }
    let isTag = opening == "{%"
    append(isTag ? .beginTag : .beginOutput, at: start)
    var brackets: [Unicode.Scalar] = []
    while true {
      skipSpace()
      guard position < source.count else {
        position = start
        throw fault("\(opening) that is not closed", expected: isTag ? "%}" : "}}")
      }
      if brackets.isEmpty, let length = closing(isTag ? "%}" : "}}") {
        append(isTag ? .endTag : .endOutput, at: position)
        return close(length, isTag: isTag)
      }
      try token(&brackets)
    }
  }

  /// The length in scalars of the closing delimiter at `position`, including its sign; nil if there
  /// is none.
  private func closing(_ text: String) -> Int? {
    if starts(text, at: position) { return 2 }
    let signs: [Unicode.Scalar] = text == "}}" ? ["-"] : ["-", "+"]
    guard position < source.count, signs.contains(source[position]),
      starts(text, at: position + 1)
    else { return nil }
    return 3
  }

  private mutating func close(_ length: Int, isTag: Bool) {
    let sign = length == 3 ? source[position] : " "
    position += length
    isAtLineStart = false
    if sign == "-" {
      skipSpace()
      isAtLineStart = position > 0 && source[position - 1] == "\n"
    } else if isTag, sign != "+", position < source.count, source[position] == "\n" {
      position += 1
      isAtLineStart = true
    }
  }

  private mutating func comment(from start: Int) throws {
    while position < source.count, !starts("#}", at: position) { position += 1 }
    guard position < source.count else {
      position = start
      throw fault("{# that is not closed", expected: "#}")
    }
    let sign = source[position - 1]
    if sign == "-" || sign == "+" {
      position -= 1
      close(3, isTag: true)
    } else {
      close(2, isTag: true)
    }
  }

  private mutating func skipSpace() {
    while position < source.count, source[position].isPythonSpace { position += 1 }
  }

  mutating func append(_ kind: TemplateToken.Kind, at position: Int) {
    tokens.append(TemplateToken(kind: kind, location: location(position)))
  }
}
