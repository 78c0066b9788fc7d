/// How much longer the steps of a normalizer may make a text: a few that each write one character as many would else fill
/// any memory with a short text.
struct NormalizerGrowth {
  /// The most times that a text may become longer. ALBERT's steps, which have every kind, allow for some thousand.
  static let most = 4096.0
  /// The most bytes of a normal form for each of a text: U+FDFA becomes 33 bytes. It is its own normal form then.
  private static let form = 11.0
  /// What changing case and setting characters apart adds.
  private static let characters = 2.0

  /// The times that the steps can make a text longer, at most.
  let times: Double

  init(of stages: [Normalizer.Stage]) {
    var (times, hasForm) = (Self.characters, false)
    for stage in stages {
      switch stage {
      case .replace(let pattern, let content):
        times *= max(1, Double(content.count) / Double(pattern.count))
      // An expression can match nothing, at every place.
      case .replaceMatches(_, let content): times *= 1 + Double(content.count)
      case .map(let map): times *= max(1, Double(map.longestText))
      case .form: hasForm = true
      case .prepend, .characters, .lowercase, .strip: break
      }
    }
    self.times = hasForm ? times * Self.form : times
  }

  var isAllowed: Bool { times <= Self.most }
}
