extension TemplateLexer {
  mutating func token(_ brackets: inout [Unicode.Scalar]) throws {
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
    let text = String(source[start..<position].filter { $0 != "_" })
    if isReal, let real = Double(text) { return append(.real(real), at: start) }
    guard let integer = Int(text) else {
      position = start
      throw fault("the number \(text.prefix(40))", expected: "a number of 64 bits")
    }
    append(.integer(integer), at: start)
  }

  private mutating func string(_ quote: Unicode.Scalar) throws {
    let start = position
    var text = String.UnicodeScalarView()
    position += 1
    while position < source.count, source[position] != quote {
      if source[position] == "\\" {
        for scalar in try escape() { text.append(scalar) }
      } else {
        text.append(source[position])
        position += 1
      }
    }
    guard position < source.count else {
      position = start
      throw fault("a string that is not closed", expected: "\(quote)")
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
    // An unknown escape stays as written, as in Python.
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
