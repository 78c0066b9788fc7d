extension String {
  /// Equality by bytes; `==` takes canonically equivalent strings for equal.
  package func isSame(_ other: String) -> Bool { utf8.elementsEqual(other.utf8) }

  /// The text before an ending, compared byte by byte too; nil if it has none or is nothing else. Swift's own
  /// `hasSuffix` does not find a point that makes one character with what is before it.
  package func without(ending: String) -> String? {
    guard utf8.count > ending.utf8.count, utf8.suffix(ending.utf8.count).elementsEqual(ending.utf8)
    else { return nil }
    return String(decoding: utf8.dropLast(ending.utf8.count), as: UTF8.self)
  }
}
