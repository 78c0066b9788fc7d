/// Cuts a template into tokens as Jinja2 does with `trim_blocks` and `lstrip_blocks`, the settings of
/// transformers: the newline after a tag and the white space before one at the start of a line go away.
struct TemplateLexer {
  private let source: [Unicode.Scalar]
  private var position = 0
  private var tokens: [TemplateToken] = []
  /// Where each line begins.
  private let lines: [Int]
  /// Whether what was read last ended a line, or nothing was read yet.
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

  /// Line ends of any kind are one, and one at the end goes away.
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

  private func location(_ position: Int) -> TemplateFault.Place {
    var (low, high) = (0, lines.count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if lines[middle] <= position { low = middle } else { high = middle }
    }
    return .init(line: low + 1, column: position - lines[low] + 1)
  }

  private func fault(_ found: String, expected: String) -> TemplateFault {
    TemplateFault(location(position), found, expected: expected)
  }

  private func starts(_ text: String, at position: Int) -> Bool {
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

  /// The text before a tag, less what the tag's sign and `lstrip_blocks` take off its end.
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
        throw fault("\(opening) that nothing closes", expected: isTag ? "%}" : "}}")
      }
      if brackets.isEmpty, let length = closing(isTag ? "%}" : "}}") {
        append(isTag ? .endTag : .endOutput, at: position)
        return close(length, isTag: isTag)
      }
      try token(&brackets)
    }
  }

  /// Scalars of the closing here, its sign among them.
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
      throw fault("{# that nothing closes", expected: "#}")
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

  private mutating func append(_ kind: TemplateToken.Kind, at position: Int) {
    tokens.append(TemplateToken(kind: kind, location: location(position)))
  }

  // MARK: Expressions

  private mutating func token(_ brackets: inout [Unicode.Scalar]) throws {
    let start = position
    let scalar = source[position]
    if scalar.isNameStart {
      while position < source.count, source[position].isNamePart { position += 1 }
      append(.name(String(source[start..<position])), at: start)
    } else if scalar.isDigit {
      try number()
    } else if scalar == "'" || scalar == "\"" {
      try string(scalar)
    } else {
      try symbol(&brackets)
    }
  }

  private mutating func number() throws {
    let start = position
    func digits() -> Int {
      var end = position
      while end < source.count, source[end].isDigit || source[end] == "_" { end += 1 }
      return end
    }
    position = digits()
    var isReal = false
    if position + 1 < source.count, source[position] == ".", source[position + 1].isDigit {
      isReal = true
      position += 1
      position = digits()
    }
    if position < source.count, source[position] == "e" || source[position] == "E" {
      var end = position + 1
      if end < source.count, source[end] == "+" || source[end] == "-" { end += 1 }
      if end < source.count, source[end].isDigit {
        isReal = true
        position = end
        position = digits()
      }
    }
    let text = String(source[start..<position]).replacing("_", with: "")
    if isReal, let real = Double(text) { return append(.real(real), at: start) }
    guard let integer = Int(text) else {
      position = start
      throw fault("the number \(text.prefix(40))", expected: "one of 64 bits")
    }
    append(.integer(integer), at: start)
  }

  private mutating func string(_ quote: Unicode.Scalar) throws {
    let start = position
    var text = String.UnicodeScalarView()
    position += 1
    while position < source.count, source[position] != quote {
      if source[position] == "\\" {
        text.append(contentsOf: try escape())
      } else {
        text.append(source[position])
        position += 1
      }
    }
    guard position < source.count else {
      position = start
      throw fault("a string that nothing closes", expected: "\(quote)")
    }
    position += 1
    append(.string(String(text)), at: start)
  }

  private static let escapes: [Unicode.Scalar: Unicode.Scalar] = [
    "n": "\n", "t": "\t", "r": "\r", "\\": "\\", "'": "'", "\"": "\"", "a": "\u{7}", "b": "\u{8}",
    "f": "\u{C}", "v": "\u{B}", "0": "\0",
  ]

  private mutating func escape() throws -> [Unicode.Scalar] {
    position += 1
    guard position < source.count else { return [] }
    let letter = source[position]
    position += 1
    if let length = ["x": 2, "u": 4, "U": 8][String(letter)] {
      let digits = source[position..<min(position + length, source.count)]
      guard digits.count == length, let value = UInt32(String(digits), radix: 16),
        let scalar = Unicode.Scalar(value)
      else {
        throw fault(
          "the escape \\\(letter)", expected: "\(length) hexadecimal digits of a character")
      }
      position += length
      return [scalar]
    }
    if letter == "\n" { return [] }
    // An escape that is none stands as it is.
    return Self.escapes[letter].map { [$0] } ?? ["\\", letter]
  }

  private static let symbols = [
    "**", "//", "==", "!=", ">=", "<=", "+", "-", "*", "/", "%", "~", "[", "]", "(", ")", "{", "}",
    ">", "<", "=", ".", ":", "|", ",",
  ]
  private static let partners: [Unicode.Scalar: Unicode.Scalar] = ["]": "[", ")": "(", "}": "{"]

  private mutating func symbol(_ brackets: inout [Unicode.Scalar]) throws {
    guard let symbol = Self.symbols.first(where: { starts($0, at: position) }) else {
      throw fault(
        "the character \"\(source[position])\"", expected: "names, numbers, strings and operators")
    }
    if "[({".contains(symbol) {
      brackets.append(source[position])
    } else if let partner = Self.partners[source[position]] {
      guard brackets.popLast() == partner else {
        throw fault("\(symbol)", expected: "brackets that match")
      }
    }
    append(.symbol(symbol), at: position)
    position += symbol.unicodeScalars.count
  }
}

extension String {
  init(_ scalars: some Sequence<Unicode.Scalar>) {
    var view = String.UnicodeScalarView()
    view.append(contentsOf: scalars)
    self.init(view)
  }
}

extension Unicode.Scalar {
  /// Python's white space has the separators U+001C to U+001F too.
  var isPythonSpace: Bool { properties.isWhitespace || (0x1C...0x1F).contains(value) }
  var isDigit: Bool { ("0"..."9").contains(self) }
  fileprivate var isNameStart: Bool {
    self == "_" || ("a"..."z").contains(self) || ("A"..."Z").contains(self)
  }
  fileprivate var isNamePart: Bool { isNameStart || isDigit }
}
