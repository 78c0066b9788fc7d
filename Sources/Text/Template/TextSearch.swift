/// The places of a text in another, found in a time that is linear in both, however often they nearly agree (Knuth, Morris and
/// Pratt, 1977). UTF-8 is searched: a text of whole characters begins in another where a character does.
struct TextSearch {
  private let text: [UInt8]
  private let part: [UInt8]
  /// For each beginning of the part, the length of the longest shorter one that it ends with.
  private let borders: [Int32]

  /// - Parameter part: not empty.
  init(for part: String, in text: String) {
    self.text = Array(text.utf8)
    self.part = Array(part.utf8)
    var borders: [Int32] = [0]
    borders.reserveCapacity(self.part.count)
    for byte in self.part.dropFirst() {
      var length = Int(borders[borders.count - 1])
      while length > 0, self.part[length] != byte { length = Int(borders[length - 1]) }
      borders.append(self.part[length] == byte ? Int32(length + 1) : 0)
    }
    self.borders = borders
  }

  /// The byte at which the part begins next, at `start` or behind it; nil if it does nowhere.
  func next(from start: Int) -> Int? {
    var matched = 0
    for position in text.indices[start...] {
      while matched > 0, text[position] != part[matched] { matched = Int(borders[matched - 1]) }
      if text[position] == part[matched] { matched += 1 }
      if matched == part.count { return position + 1 - part.count }
    }
    return nil
  }

  /// The number of occurrences that do not overlap.
  var count: Int {
    var (count, start) = (0, 0)
    while let found = next(from: start) { (count, start) = (count + 1, found + part.count) }
    return count
  }

  /// The text with occurrences replaced, at most `limit` of them; nil if it would have more than `most` bytes.
  func replaced(by content: String, atMost limit: Int, most: Int) -> String? {
    let content = Array(content.utf8)
    var (result, start, count) = ([UInt8](), 0, 0)
    while count < limit, let found = next(from: start) {
      result += text[start..<found]
      result += content
      guard result.count <= most else { return nil }
      (start, count) = (found + part.count, count + 1)
    }
    guard result.count + text.count - start <= most else { return nil }
    return String(decoding: result + text[start...], as: UTF8.self)
  }

  /// The texts between occurrences that do not overlap, cut at most `limit` times.
  func pieces(atMost limit: Int) -> [String] {
    var pieces: [String] = []
    var start = 0
    while pieces.count < limit, let found = next(from: start) {
      pieces.append(String(decoding: text[start..<found], as: UTF8.self))
      start = found + part.count
    }
    return pieces + [String(decoding: text[start...], as: UTF8.self)]
  }
}
