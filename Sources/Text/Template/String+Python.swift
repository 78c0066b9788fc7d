/// Python's methods of texts, character by character as Unicode's scalars are.
extension String {
  /// Without the characters at its ends; white space where none are given.
  func stripped(_ characters: String?, left: Bool, right: Bool) -> String {
    let set = characters.map { Set($0.unicodeScalars) }
    func goes(_ scalar: Unicode.Scalar) -> Bool { set?.contains(scalar) ?? scalar.isPythonSpace }
    var rest = unicodeScalars[...]
    if left { while let first = rest.first, goes(first) { rest.removeFirst() } }
    if right { while let last = rest.last, goes(last) { rest.removeLast() } }
    return String(rest)
  }

  var uppercasedByScalar: String { unicodeScalars.map(\.properties.uppercaseMapping).joined() }
  var lowercasedByScalar: String { unicodeScalars.map(\.properties.lowercaseMapping).joined() }

  /// The first character in upper case, the others in lower.
  var capitalized: String {
    guard let first = unicodeScalars.first else { return "" }
    return first.properties.titlecaseMapping + String(unicodeScalars.dropFirst()).lowercasedByScalar
  }

  /// Every word capitalized, as Jinja's filter has it: words begin after white space, a hyphen and opening
  /// brackets, not after an apostrophe.
  var titledByWords: String {
    var isInside = false
    return unicodeScalars.map { scalar in
      defer { isInside = !(scalar.isPythonSpace || "-({[<".unicodeScalars.contains(scalar)) }
      return isInside ? scalar.properties.lowercaseMapping : scalar.properties.uppercaseMapping
    }.joined()
  }

  /// Every run of letters capitalized.
  var titled: String {
    var isInside = false
    return unicodeScalars.map { scalar in
      defer { isInside = scalar.properties.isCased }
      return isInside ? scalar.properties.lowercaseMapping : scalar.properties.titlecaseMapping
    }.joined()
  }

  /// The texts between the occurrences of another.
  func pieces(separatedBy separator: String, atMost limit: Int) -> [String] {
    let (text, separator) = (Array(unicodeScalars), Array(separator.unicodeScalars))
    guard !separator.isEmpty else { return [self] }
    var pieces: [String] = []
    var start = 0
    var position = 0
    while position + separator.count <= text.count, pieces.count < limit {
      if text[position] == separator[0],
        text[position..<position + separator.count].elementsEqual(separator)
      {
        pieces.append(String(text[start..<position]))
        position += separator.count
        start = position
      } else {
        position += 1
      }
    }
    return pieces + [String(text[start...])]
  }

  /// The texts between white space.
  func words(atMost limit: Int) -> [String] {
    var words: [String] = []
    var rest = unicodeScalars[...]
    while true {
      rest = rest.drop(while: \.isPythonSpace)
      guard !rest.isEmpty else { return words }
      if words.count == limit {
        return words + [String(rest).stripped(nil, left: false, right: true)]
      }
      let word = rest.prefix { !$0.isPythonSpace }
      words.append(String(word))
      rest = rest[word.endIndex...]
    }
  }

  /// Without their ends; none after the last.
  var splitLines: [String] {
    var lines: [String] = []
    var line = String.UnicodeScalarView()
    var scalars = unicodeScalars[...]
    var isOpen = false
    while let scalar = scalars.popFirst() {
      isOpen = true
      switch scalar {
      case "\r", "\n", "\u{B}", "\u{C}", "\u{1C}", "\u{1D}", "\u{1E}", "\u{85}", "\u{2028}",
        "\u{2029}":
        if scalar == "\r", scalars.first == "\n" { scalars.removeFirst() }
        lines.append(String(line))
        line = String.UnicodeScalarView()
        isOpen = false
      default: line.append(scalar)
      }
    }
    return isOpen ? lines + [String(line)] : lines
  }

  /// - Throws: what `tooLong` makes, before a text beyond the limit is made.
  func replaced(
    _ pattern: String, by content: String, atMost limit: Int, tooLong: () -> TemplateFault
  ) throws -> String {
    let pieces: [String]
    if pattern.isEmpty {
      // Between all characters, as Python has it.
      let scalars = unicodeScalars.map { String([$0]) }
      let cuts = min(limit, scalars.count + 1)
      guard cuts > 0 else { return self }
      pieces = [""] + scalars.prefix(cuts - 1) + [scalars.dropFirst(cuts - 1).joined()]
    } else {
      pieces = self.pieces(separatedBy: pattern, atMost: limit)
    }
    let (grown, overflow) = pieces.count.multipliedReportingOverflow(by: content.utf8.count)
    guard !overflow, grown + utf8.count <= TemplateLimits.bytes else { throw tooLong() }
    return pieces.joined(separator: content)
  }
}
