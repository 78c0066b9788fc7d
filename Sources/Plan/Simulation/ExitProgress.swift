/// How far a machine has run blocks and the parts of its exits for one text.
struct ExitProgress {
  private let exits: [Scenario.Exit]
  /// The machine's exits, of those of the model.
  let range: Range<Int>
  private let costs: any StepCosts
  /// Positions that have been through the blocks up to the first of these exits.
  var positions = 0
  /// Positions that have been through each exit's own part.
  private var done: [Int]

  init(_ scenario: Scenario, _ range: Range<Int>, costs: any StepCosts) {
    exits = scenario.exits
    self.range = range
    self.costs = costs
    done = Array(repeating: 0, count: range.count)
  }

  /// Drops everything: another text begins.
  mutating func reset() {
    positions = 0
    done = done.map { _ in 0 }
  }

  mutating func rollBack(to position: Int) {
    positions = min(positions, position)
    done = done.map { min($0, position) }
  }

  /// The parts of the exits from one on run again from a position.
  mutating func runAgain(from first: Int, position: Int) {
    for exit in first..<range.upperBound { self[exit] = min(self[exit], position) }
  }

  /// Brings an exit's part up to the newest position.
  ///
  /// - Returns: the seconds that it takes.
  mutating func run(_ exit: Int) -> Double {
    let columns = positions - self[exit]
    var seconds = 0.0
    if exit > range.lowerBound, columns > 0 { seconds += catchUp(exit, columns) }
    self[exit] = positions
    return seconds + costs.exit(exit, columns: columns, context: positions)
  }

  /// Runs what the exit reads: the model's blocks since the exit before, or that exit's own part without its head.
  private mutating func catchUp(_ exit: Int, _ columns: Int) -> Double {
    let before = exits[exit - 1].depth
    if exits[exit].readsModel {
      return costs.blocks(before..<exits[exit].depth, columns: columns, context: positions)
    }
    let behind = positions - self[exit - 1]
    guard behind > 0 else { return 0 }
    self[exit - 1] = positions
    return (exit - 1 > range.lowerBound ? catchUp(exit - 1, behind) : 0)
      + costs.exit(exit - 1, columns: behind, context: positions)
      - costs.exitHead(exit - 1, rows: 1)
  }

  private subscript(exit: Int) -> Int {
    get { done[exit - range.lowerBound] }
    set { done[exit - range.lowerBound] = newValue }
  }
}
