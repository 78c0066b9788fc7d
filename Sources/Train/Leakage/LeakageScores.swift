/// How many tokens of each window the attacks on one upload recovered.
struct LeakageScores {
  typealias Share = (counted: Int, all: Int)

  private(set) var nearest: [Share] = []
  private(set) var inverter: [Share] = []
  private(set) var search: [Share] = []

  /// The number of tokens that were searched for.
  var searched: Int { search.reduce(0) { $0 + $1.all } }

  mutating func add(nearest: [Int], inverted: [Int], _ truth: [Int]) {
    self.nearest.append(Self.share(of: nearest, truth))
    inverter.append(Self.share(of: inverted, truth))
  }

  /// - Parameter found: tokens for the first positions of the window.
  mutating func addSearched(_ found: [Int], _ truth: [Int]) {
    search.append(Self.share(of: found, Array(truth.prefix(found.count))))
  }

  private static func share(of found: [Int], _ truth: [Int]) -> Share {
    (zip(found, truth).count { $0 == $1 }, truth.count)
  }
}
