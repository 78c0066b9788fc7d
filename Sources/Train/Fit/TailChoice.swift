import CleaveExits
import CleaveStorage

/// The blocks that tails begin as copies of, as a search chose them, with what else was tried.
package struct TailChoice: Equatable, Sendable {
  /// A place in the model from which the tails of a chain may be copied.
  package struct Candidate: Equatable, Sendable {
    /// The first block that is copied.
    package var block: Int
    /// The share of the variance of the hidden states before that block which the map leaves unexplained; nil for
    /// tails without a map.
    package var unexplained: Double?
    /// The mean negative log-likelihood of the model's answers, over the chain's exits, each at the temperature that
    /// suits it best: untrained exits are far too sure, which says nothing about how well they can learn.
    package var loss: Double
    /// The scores of the chain's exits before any training.
    package var scores: [HeldOutScore]
  }

  /// The candidates for one chain of exits.
  package struct Chain: Equatable, Sendable {
    /// The depths of the chain's exits.
    package var exits: [Int]
    package var candidates: [Candidate]

    /// The candidate with the least loss, the first of those that are equal.
    package var best: Candidate { candidates.min { $0.loss < $1.loss }! }
  }

  /// The chains that have tails, in rising depth.
  package var chains: [Chain]

  package var start: TailStart { .blocks(chains.map(\.best.block)) }

  package var json: JSON {
    .array(
      chains.map { chain in
        [
          "exits": .array(chain.exits.map { .integer(Int64($0)) }),
          "chosen": .integer(Int64(chain.best.block)),
          "candidates": .array(chain.candidates.map(\.json)),
        ]
      })
  }
}

extension TailChoice.Candidate {
  fileprivate var json: JSON {
    [
      "block": .integer(Int64(block)), "unexplained": unexplained.map { .real($0) } ?? .null,
      "loss": .real(loss),
      "held_out": .array(scores.map(\.json)),
    ]
  }
}
