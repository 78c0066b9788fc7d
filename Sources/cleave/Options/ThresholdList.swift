import ArgumentParser

/// The value of `--threshold`: numbers of at least 0 with commas.
struct ThresholdList {
  let values: [Double]

  /// - Throws: `ValidationError` for anything else.
  init(_ text: String) throws {
    values = try text.split(separator: ",", omittingEmptySubsequences: false).map {
      guard let value = Double($0), value >= 0, value.isFinite else {
        throw ValidationError(
          "--threshold \(text): expected numbers of at least 0 with commas")
      }
      return value
    }
  }
}
