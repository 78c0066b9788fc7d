import CleaveRuntime
import CleaveStorage

/// The measurement of one mode over all prompts, compared with the whole model on the same text.
package struct ModeReport: Sendable {
  /// The number of tokens from one source, and how many of them equal the whole model's.
  package struct Tally: Sendable {
    package var tokens = 0
    package var agreeing = 0
  }

  package var tallies: [(source: Answer.Source, tally: Tally)]
  package var bytesUp = 0
  package var bytesDown = 0
  package var seconds = 0.0

  package var tokens: Int { tallies.reduce(0) { $0 + $1.tally.tokens } }
  /// The share of tokens that equal the whole model's.
  package var agreement: Double { ratio(tallies.reduce(0) { $0 + $1.tally.agreeing }, tokens) }
  /// The share of tokens that came from the cloud.
  package var cloudRequestRate: Double { ratio(tally(.cloud).tokens, tokens) }
  package var bytesUpPerToken: Double { ratio(bytesUp, tokens) }
  package var bytesDownPerToken: Double { ratio(bytesDown, tokens) }
  package var tokensPerSecond: Double { seconds > 0 ? Double(tokens) / seconds : 0 }

  func tally(_ source: Answer.Source) -> Tally {
    tallies.first { $0.source == source }?.tally ?? Tally()
  }

  mutating func count(_ source: Answer.Source, agrees: Bool) {
    let index = tallies.firstIndex { $0.source == source } ?? tallies.endIndex
    if index == tallies.endIndex { tallies.append((source, Tally())) }
    tallies[index].tally.tokens += 1
    if agrees { tallies[index].tally.agreeing += 1 }
  }

  var json: JSON {
    [
      "tokens": .integer(Int64(tokens)), "agreement": .real(agreement),
      "sources": .object(
        JSONObject(
          tallies.map { source, tally in
            (
              source.name,
              [
                "tokens": .integer(Int64(tally.tokens)),
                "agreement": .real(ratio(tally.agreeing, tally.tokens)),
              ]
            )
          })),
      "cloud_request_rate": .real(cloudRequestRate),
      "bytes_up_per_token": .real(bytesUpPerToken),
      "bytes_down_per_token": .real(bytesDownPerToken),
      "seconds": .real(seconds), "tokens_per_second": .real(tokensPerSecond),
    ]
  }
}

/// The ratio of two counts; 0 if `whole` is 0, because JSON cannot hold NaN.
package func ratio(_ part: Int, _ whole: Int) -> Double {
  whole == 0 ? 0 : Double(part) / Double(whole)
}
