/// The tokens that follow what the caller has fed, as far as an edge has thought about them: each stands on
/// those before it.
struct Ahead {
  struct Place {
    /// nil where only the cloud can say.
    var answer: Answer?
    /// Whether it is what the caller gets, if everything before it is.
    var isFinal: Bool
  }

  /// What the cloud was asked, and has not answered.
  struct Question {
    let position: Int
    /// Of the tokens before, those that are asked about with it.
    let drafts: Int
    let since: ContinuousClock.Instant
  }

  /// The first is what follows the caller's last token.
  var places: [Place] = []
  /// In rising positions.
  var questions: [Question] = []
  /// The last places, as far as they are drafts that no question covers.
  var draftCount = 0

  /// The answer that nothing can change any more.
  var settled: Answer? {
    guard let first = places.first, first.isFinal else { return nil }
    return first.answer
  }

  /// The caller feeds a token.
  ///
  /// - Returns: whether it is the one that was settled.
  mutating func take(_ token: Int) -> Bool {
    guard settled?.token == token else { return false }
    places.removeFirst()
    return true
  }

  /// What stands after `draftCount` drafts.
  var drafts: [Int] { places.suffix(draftCount).compactMap { $0.answer?.token } }
}
