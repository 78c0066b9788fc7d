extension String {
  /// The text made fit for a terminal: control characters spelled out, and cut after
  /// `limit` scalars. Scalars, not characters: one character may be megabytes of combining marks.
  package func shown(limit: Int) -> String {
    var shown = ""
    for (index, scalar) in unicodeScalars.enumerated() {
      guard index < limit else { return shown + "…" }
      if scalar.properties.generalCategory == .control {
        shown += "\\u{\(String(scalar.value, radix: 16))}"
      } else {
        shown.unicodeScalars.append(scalar)
      }
    }
    return shown
  }
}
