extension String {
  /// Equality by bytes; `==` takes canonically equivalent strings for equal.
  package func isSame(_ other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}
