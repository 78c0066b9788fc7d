/// ROUGE-L (Lin, 2004): the similarity of two texts by their longest common subsequence of words.
///
/// For ASCII it equals Google's rouge_score without its stemmer; `Words` defines words beyond
/// ASCII.
package enum RougeL {
  /// The most words compared: the time grows with the product of both lengths.
  package static let mostWords = 20_000

  /// The F1 score of precision LCS / |a| and recall LCS / |b|, which is 2 LCS / (|a| + |b|).
  ///
  /// - Returns: a number from 0 to 1; for two texts without words, 1 if they are equal, else 0.
  package static func f1(_ a: String, _ b: String) -> Double {
    let (one, other) = (Words.of(a, limit: mostWords), Words.of(b, limit: mostWords))
    guard !one.isEmpty || !other.isEmpty else { return a == b ? 1 : 0 }
    var numbers: [String: Int32] = [:]
    func number(_ word: String) -> Int32 {
      if let number = numbers[word] { return number }
      let next = Int32(numbers.count)
      numbers[word] = next
      return next
    }
    let common = commonSubsequence(one.map(number), other.map(number))
    return Double(2 * common) / Double(one.count + other.count)
  }

  /// The length of the longest common subsequence. Only one row of the table is kept.
  private static func commonSubsequence(_ one: [Int32], _ other: [Int32]) -> Int {
    // row[j] is the length for the words of `one` seen so far and the first j words of `other`.
    var row = [Int32](repeating: 0, count: other.count + 1)
    for word in one {
      var diagonal: Int32 = 0
      for (j, candidate) in other.enumerated() {
        let above = row[j + 1]
        row[j + 1] = candidate == word ? diagonal + 1 : max(above, row[j])
        diagonal = above
      }
    }
    return Int(row[other.count])
  }
}
