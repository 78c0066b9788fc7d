import CleaveStorage
import FoundationEssentials

/// A login of a registry.
package enum Credential: Equatable, Sendable {
  case basic(user: String, password: String)
  /// A token that is sent as it is.
  case bearer(String)

  /// Reads a file with a login: `USER:PASSWORD`, or a token alone.
  ///
  /// - Throws: `InputError`, which never quotes what is in it.
  package init(file path: String) throws {
    let words = try TextInput.text(path, limit: 1 << 16).split(whereSeparator: \.isWhitespace)
    guard words.count == 1 else {
      throw InputError(
        file: path, found: "\(words.count) words", expected: "USER:PASSWORD, or a token alone")
    }
    if let basic = Self(pair: String(words[0])) {
      self = basic
    } else {
      self = .bearer(String(words[0]))
    }
  }

  /// A user and a password with a colon between; nil for a text without one.
  init?(pair: String) {
    guard let colon = pair.firstIndex(of: ":") else { return nil }
    self = .basic(user: String(pair[..<colon]), password: String(pair[pair.index(after: colon)...]))
  }

  /// The value of the header that identifies a client.
  var authorization: String {
    switch self {
    case .basic(let user, let password):
      "Basic \(Data("\(user):\(password)".utf8).base64EncodedString())"
    case .bearer(let token): "Bearer \(token)"
    }
  }
}
