/// The blocks of the model that a new tail begins as copies of. In a chain of exits that continue from one
/// another, all tails together begin as these blocks, in order.
package enum TailStart: Equatable, Sendable {
  /// The model's last blocks, whose output is what the final norm and the unembedding expect.
  case last
  /// The blocks that follow the hidden state which the tail, or the first tail of the chain, reads.
  case next
  /// The blocks from these on, counted from 0: one number for all chains of tails, one for each of them, or one for
  /// each tail, in rising depth.
  case blocks([Int])
}

extension TailStart: CaseIterable {
  /// The starts that suit every model.
  package static let allCases: [TailStart] = [.last, .next]
}

extension TailStart: CustomStringConvertible {
  /// The forms that `init(text:)` reads, for messages.
  package static let forms = "last, next or a block of the model"

  /// Reads a start as on a command line: `last`, `next`, `22`, or `18,22` for two chains or
  /// two tails.
  package init?(text: String) {
    switch text {
    case "last": self = .last
    case "next": self = .next
    default:
      let parts = text.split(separator: ",", omittingEmptySubsequences: false)
      let blocks = parts.compactMap { Int($0) }
      guard blocks.count == parts.count, blocks.allSatisfy({ $0 >= 0 }) else { return nil }
      self = .blocks(blocks)
    }
  }

  package var description: String {
    switch self {
    case .last: "last"
    case .next: "next"
    case .blocks(let blocks): blocks.map(String.init).joined(separator: ",")
    }
  }
}
