import CleaveEvaluate
import CleaveModel
import CleaveRuntime
import CleaveStorage

/// How many tokens a reader of uploads recovers.
package struct LeakageReport: Sendable {
  /// What an edge uploads, and the shares of tokens that attacks on it recover.
  package struct Row: Sendable {
    package let depth: Int
    package let format: StatesEncoding.Format
    package let bytesPerToken: Int
    /// By the nearest mean state of a token.
    package let nearest: Estimate
    /// By the fitted inverter.
    package let inverter: Estimate
    /// By running the edge's blocks on guesses; nil without a search.
    package let search: Estimate?
  }

  package let modelID: String
  /// The text whose tokens were to be recovered, and the text that the attacks were trained on.
  package let data: ProvenanceStep.Input
  package let attackData: ProvenanceStep.Input
  package let windowLength: Int
  /// Tokens that were to be recovered, and that the attacks were trained on.
  package let tokens: Int
  package let attackTokens: Int
  /// Tokens that were searched for at each depth and encoding, and the guesses for each.
  package let searchedTokens: Int
  package let guesses: Int
  package let ridge: Double
  package let rows: [Row]
  /// The share that one recovers who always says the token that came most often in the attacker's text.
  package let guessing: Estimate

  package var json: JSON {
    [
      "model_id": .string(modelID), "data": data.json(tokens: tokens),
      "attack_data": attackData.json(tokens: attackTokens),
      "window_length": .integer(Int64(windowLength)),
      "searched_tokens": .integer(Int64(searchedTokens)), "guesses": .integer(Int64(guesses)),
      "ridge": .real(ridge),
      "standard_errors": "clustered by window", "guessing": guessing.json,
      "uploads": .array(rows.map(\.json)),
    ]
  }
}

extension LeakageReport.Row {
  fileprivate var json: JSON {
    [
      "depth": .integer(Int64(depth)), "codec": .string(format.rawValue),
      "bytes_per_token": .integer(Int64(bytesPerToken)), "nearest_neighbour": nearest.json,
      "inverter": inverter.json, "search": search?.json ?? .null,
    ]
  }
}

extension ProvenanceStep.Input {
  fileprivate func json(tokens: Int) -> JSON {
    [
      "name": .string(name), "bytes": .integer(Int64(digest.bytes)),
      "sha256": .string(digest.sha256), "tokens": .integer(Int64(tokens)),
    ]
  }
}
