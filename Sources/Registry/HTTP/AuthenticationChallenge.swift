/// What a registry asks for where it answers 401: the value of the header WWW-Authenticate (RFC 9110, section 11.6.1).
package struct AuthenticationChallenge: Equatable, Sendable {
  /// In lower case, as `bearer`.
  package let scheme: String
  /// The parameters by their names in lower case.
  package let parameters: [String: String]

  private static let longest = 8192

  package init(scheme: String, parameters: [String: String]) {
    self.scheme = scheme
    self.parameters = parameters
  }

  /// Reads the challenges of a header, which may hold several.
  ///
  /// - Returns: none for a text that is no challenge, or is longer than any.
  package static func list(_ header: String) -> [Self] {
    guard header.utf8.count <= longest else { return [] }
    var scanner = Scanner(rest: header[...])
    var found: [Self] = []
    while let scheme = scanner.token() {
      var parameters: [String: String] = [:]
      scanner.skip(" \t")
      while let (name, value) = scanner.parameter() {
        parameters[name.lowercased()] = value
        scanner.skip(" \t,")
      }
      found.append(Self(scheme: scheme.lowercased(), parameters: parameters))
      scanner.skip(" \t,")
    }
    return found
  }

  /// Reads the header from left to right.
  private struct Scanner {
    var rest: Substring

    mutating func skip(_ characters: String) { rest = rest.drop { characters.contains($0) } }

    /// A word of the characters that RFC 9110 calls a token; nil where there is none.
    mutating func token() -> String? {
      let word = rest.prefix {
        $0.isASCII && ($0.isLetter || $0.isNumber || "!#$%&'*+-.^_`|~".contains($0))
      }
      guard !word.isEmpty else { return nil }
      rest = rest[word.endIndex...]
      return String(word)
    }

    /// `name=value`, the value in quotes or not; nil, with nothing read, where something else follows.
    mutating func parameter() -> (String, String)? {
      let start = rest
      guard let name = token() else { return nil }
      skip(" \t")
      guard rest.first == "=" else {
        rest = start
        return nil
      }
      rest = rest.dropFirst()
      skip(" \t")
      guard let value = rest.first == "\"" ? quoted() : token() else {
        rest = start
        return nil
      }
      return (name, value)
    }

    private mutating func quoted() -> String? {
      var value = ""
      var text = rest.dropFirst()
      while let character = text.popFirst() {
        switch character {
        case "\"":
          rest = text
          return value
        case "\\": value += text.popFirst().map(String.init) ?? ""
        default: value.append(character)
        }
      }
      return nil
    }
  }
}
