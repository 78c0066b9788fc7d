/// How many tokens of each window the attacks on one upload recovered.
struct LeakageScores {
  typealias Share = (counted: Int, all: Int)

  private(set) var nearest: [Share] = []
  private(set) var inverter: [Share] = []
  private(set) var search: [Share] = []

  /// The number of tokens that were searched for.
  var searched: Int { search.reduce(0) { $0 + $1.all } }

  mutating func add(_ found: StateAttack.Recovered, _ truth: [Int]) {
    nearest.append(Self.share(of: found.nearest, truth))
    inverter.append(Self.share(of: found.inverted.map { $0[0] }, truth))
  }

  /// - Parameter found: tokens for the first positions of the window.
  mutating func addSearched(_ found: [Int], _ truth: [Int]) {
    search.append(Self.share(of: found, Array(truth.prefix(found.count))))
  }

  private static func share(of found: [Int], _ truth: [Int]) -> Share {
    (zip(found, truth).count { $0 == $1 }, truth.count)
  }
}
