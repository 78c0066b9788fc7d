/// Python's string methods, which work on Unicode scalars where Swift's work on grapheme clusters.
extension String {
  /// The text without the given characters at its ends; without white space if none are given.
  func stripped(_ characters: String?, left: Bool, right: Bool) -> String {
    let set = characters.map { Set($0.unicodeScalars) }
    func goes(_ scalar: Unicode.Scalar) -> Bool { set?.contains(scalar) ?? scalar.isPythonSpace }
    var rest = (characters == nil ? strippedOfASCII(left: left, right: right) : self[...])
      .unicodeScalars
    if left { while let first = rest.first, goes(first) { rest.removeFirst() } }
    if right { while let last = rest.last, goes(last) { rest.removeLast() } }
    return String(Substring(rest))
  }

  /// Byte by byte, in a tenth of the time.
  private func strippedOfASCII(left: Bool, right: Bool) -> Substring {
    func isSpace(_ byte: UInt8) -> Bool { byte < 0x80 && Unicode.Scalar(byte).isPythonSpace }
    var bytes = utf8[...]
    if left { while let first = bytes.first, isSpace(first) { bytes.removeFirst() } }
    if right { while let last = bytes.last, isSpace(last) { bytes.removeLast() } }
    return Substring(bytes)
  }

  var uppercasedByScalar: String {
    mapped(letters: 0x61...0x7A) { $0.properties.uppercaseMapping }
  }
  var lowercasedByScalar: String {
    mapped(letters: 0x41...0x5A) { $0.properties.lowercaseMapping }
  }

  /// In ASCII the letters of one case are those of the other with one bit changed; a table lookup for each would take
  /// tens of times as long.
  private func mapped(
    letters: ClosedRange<UInt8>, _ mapping: (Unicode.Scalar) -> String
  ) -> String {
    guard utf8.contains(where: { $0 >= 0x80 }) else {
      return String(decoding: utf8.map { letters.contains($0) ? $0 ^ 0x20 : $0 }, as: UTF8.self)
    }
    var result = ""
    for scalar in unicodeScalars { result += mapping(scalar) }
    return result
  }

  /// The text `count` times. `String(repeating:count:)` alone takes ten times as long for a short text.
  func repeated(_ count: Int) -> String {
    let most = Swift.max(1, 4096 / Swift.max(1, utf8.count))
    guard count > most else { return String(repeating: self, count: count) }
    let block = String(repeating: self, count: most)
    return String(repeating: block, count: count / most)
      + String(repeating: self, count: count % most)
  }

  /// The text with its first character in title case and the others in lower case.
  var capitalized: String {
    guard let first = unicodeScalars.first else { return "" }
    return first.properties.titlecaseMapping + String(unicodeScalars.dropFirst()).lowercasedByScalar
  }

  /// The text with each word capitalized, as Jinja's `title` filter does: a word begins after white
  /// space, a hyphen or an opening bracket, not after an apostrophe.
  var titledByWords: String {
    var (result, isInside) = ("", false)
    for scalar in unicodeScalars {
      result +=
        isInside ? scalar.properties.lowercaseMapping : scalar.properties.uppercaseMapping
      isInside = !(scalar.isPythonSpace || "-({[<".unicodeScalars.contains(scalar))
    }
    return result
  }

  /// The text with each run of letters capitalized, as Python's `str.title` does.
  var titled: String {
    var (result, isInside) = ("", false)
    for scalar in unicodeScalars {
      result +=
        isInside ? scalar.properties.lowercaseMapping : scalar.properties.titlecaseMapping
      isInside = scalar.properties.isCased
    }
    return result
  }

  /// The texts between occurrences of `separator`, split at most `limit` times.
  func pieces(separatedBy separator: String, atMost limit: Int) -> [String] {
    separator.isEmpty
      ? [self] : TextSearch(for: separator, in: self).pieces(atMost: limit)
  }

  /// The texts between white space, split at most `limit` times.
  func words(atMost limit: Int) -> [String] {
    var words: [String] = []
    var rest = unicodeScalars[...]
    while true {
      rest = rest.drop(while: \.isPythonSpace)
      guard !rest.isEmpty else { return words }
      if words.count == limit {
        return words + [String(rest)]
      }
      let word = rest.prefix { !$0.isPythonSpace }
      words.append(String(word))
      rest = rest[word.endIndex...]
    }
  }

  /// The text backwards, scalar by scalar.
  var reversedScalars: String { String(String.UnicodeScalarView(unicodeScalars.reversed())) }

  /// The lines without their line ends. A line end at the end of the text adds no empty line.
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
        // More than a list may have: who asked refuses it.
        guard lines.count <= TemplateLimits.elements else { return lines }
        line = String.UnicodeScalarView()
        isOpen = false
      default: line.append(scalar)
      }
    }
    return isOpen ? lines + [String(line)] : lines
  }

  /// Replaces occurrences of `pattern` by `content`, at most `limit` times.
  ///
  /// - Throws: the fault that `tooLong` makes, before a text beyond the limit is built.
  func replaced(
    _ pattern: String, by content: String, atMost limit: Int, tooLong: () -> TemplateFault
  ) throws -> String {
    let most = TemplateLimits.bytes
    guard !pattern.isEmpty else { return try spaced(by: content, atMost: limit, tooLong: tooLong) }
    let search = TextSearch(for: pattern, in: self)
    guard let text = search.replaced(by: content, atMost: limit, most: most) else {
      throw tooLong()
    }
    return text
  }

  /// An empty pattern matches before each character and at the end, as in Python.
  private func spaced(
    by content: String, atMost limit: Int, tooLong: () -> TemplateFault
  ) throws -> String {
    let places = min(limit, unicodeScalars.count + 1)
    let (grown, overflow) = places.multipliedReportingOverflow(by: content.utf8.count)
    guard !overflow, grown + utf8.count <= TemplateLimits.bytes else { throw tooLong() }
    var (result, left) = ("", places)
    func place() {
      guard left > 0 else { return }
      result += content
      left -= 1
    }
    for scalar in unicodeScalars {
      place()
      result.unicodeScalars.append(scalar)
    }
    place()
    return result
  }

  /// The offset in scalars of the first occurrence of `part`; nil if there is none.
  func finds(_ part: String) -> Int? {
    if part.isEmpty { return 0 }
    return TextSearch(for: part, in: self).next(from: 0).map {
      unicodeScalars.distance(
        from: startIndex, to: utf8.index(startIndex, offsetBy: $0))
    }
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
  /// Python also counts the separators U+001C to U+001F as white space.
  var isPythonSpace: Bool {
    guard value >= 0x80 else {
      return value == 0x20 || (9...13).contains(value) || (0x1C...0x1F).contains(value)
    }
    return properties.isWhitespace
  }
  var isDigit: Bool { ("0"..."9").contains(self) }
  var isNameStart: Bool {
    self == "_" || ("a"..."z").contains(self) || ("A"..."Z").contains(self)
  }
  var isNamePart: Bool { isNameStart || isDigit }
}
