/// The cloud's hidden states that an exit's tail reads in place of its own, at several places where exits are
/// asked: an exit's answer is a function of the text and of how many rows have taken effect
/// (specs/exits.md, "Feedback").
package struct ReturnedStates: Sendable {
  /// The model's hidden states at the feedback's depth as an edge decodes them, of positions from 0 on:
  /// `[rows, hidden]`.
  package let states: [Float]
  /// The rows that have taken effect at each place, which is c + 1 of the specification: 0 where nothing has.
  /// The row that an exit is read from is never among them.
  package let rows: [Int]

  /// - Parameters:
  ///   - states: `[rows, hidden]`, at least as many rows as the most of `rows`.
  ///   - rows: one number for each place.
  package init(states: [Float], rows: [Int]) {
    self.states = states
    self.rows = rows
  }

  /// Nothing has come back at any place.
  static func none(places: Int) -> ReturnedStates {
    ReturnedStates(states: [], rows: Array(repeating: 0, count: places))
  }
}
