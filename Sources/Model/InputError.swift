/// An input that cannot be used: which file, where in it, what stood there, what was expected,
/// and what the person can do about it. The tools report it and exit with code 2.
public struct InputError: Error, Equatable, Sendable {
  /// The file or directory, as the person named it.
  public let file: String
  /// Where in the file: a key, a tensor name, a byte offset. Empty for the file as a whole.
  public let place: String
  public let found: String
  public let expected: String
  /// What to do, where there is something better to say than "give another file".
  public let advice: String?

  public init(
    file: String, place: String = "", found: String, expected: String, advice: String? = nil
  ) {
    self.file = file
    self.place = Self.shown(place)
    self.found = Self.shown(found)
    self.expected = Self.shown(expected)
    self.advice = advice
  }

  private static let longest = 2000

  /// Names and values out of a file, fit for a terminal: control characters spelled out, and no
  /// megabytes.
  private static func shown(_ text: String) -> String {
    var shown = String.UnicodeScalarView()
    for (index, scalar) in text.unicodeScalars.enumerated() {
      guard index < longest else { return String(shown) + "…" }
      if scalar.properties.generalCategory == .control {
        shown.append(contentsOf: "\\u{\(String(scalar.value, radix: 16))}".unicodeScalars)
      } else {
        shown.append(scalar)
      }
    }
    return String(shown)
  }
}

extension InputError: CustomStringConvertible {
  public var description: String {
    var text = file
    if !place.isEmpty { text += ": \(place)" }
    text += ": found \(found); expected \(expected)"
    if let advice { text += ". \(advice)" }
    return text
  }
}
