import CleaveRuntime
import CleaveStorage

/// What verification found.
package struct VerificationReport: Sendable {
  /// One thing that must hold.
  package struct Check: Sendable {
    package let name: String
    /// Nil when an earlier failure kept it from being run.
    package let passed: Bool?
    /// What was checked, or what failed and where.
    package let detail: String
  }

  /// Which model was verified, on how many prompts and tokens of each.
  package let modelID: String
  package let prompts: Int
  package let maxTokens: Int
  /// How everything was computed.
  package let numerics: Numerics

  package var checks: [Check] = []
  /// With the shipped thresholds and the cloud.
  package var collaborative: ModeReport?
  /// With the shipped thresholds and no cloud.
  package var standalone: ModeReport?
  /// Of a calibrated policy on held-out prompts, where some were given.
  package var heldOut: [HeldOutRisk] = []

  package init(
    modelID: String, prompts: Int, maxTokens: Int, numerics: Numerics = .standard
  ) {
    self.modelID = modelID
    self.prompts = prompts
    self.maxTokens = maxTokens
    self.numerics = numerics
  }

  package var verified: Bool { checks.allSatisfy { $0.passed == true } }

  package var json: JSON {
    [
      "verified": .bool(verified), "model_id": .string(modelID),
      "prompts": .integer(Int64(prompts)), "max_tokens": .integer(Int64(maxTokens)),
      "numerics": numerics.json,
      "checks": .array(
        checks.map { check in
          [
            "name": .string(check.name), "passed": check.passed.map { .bool($0) } ?? .null,
            "detail": .string(check.detail),
          ]
        }),
      "collaborative": collaborative?.json ?? .null,
      "standalone": standalone?.json ?? .null,
      "held_out": .array(heldOut.map(\.json)),
    ]
  }
}

/// How one mode did over all prompts, measured against the whole model on the same text.
package struct ModeReport: Sendable {
  /// Tokens of one source, and how many of them the whole model would have said too.
  package struct Tally: Sendable {
    package var tokens = 0
    package var agreeing = 0
  }

  package var tallies: [(source: Answer.Source, tally: Tally)]
  package var bytesUp = 0
  package var seconds = 0.0

  package var tokens: Int { tallies.reduce(0) { $0 + $1.tally.tokens } }
  package var agreement: Double { ratio(tallies.reduce(0) { $0 + $1.tally.agreeing }, tokens) }
  package var cloudRequestRate: Double { ratio(tally(.cloud).tokens, tokens) }
  package var bytesUpPerToken: Double { ratio(bytesUp, tokens) }
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
      "seconds": .real(seconds), "tokens_per_second": .real(tokensPerSecond),
    ]
  }
}

/// 0 of 0 is 0, not a number no JSON can hold.
package func ratio(_ part: Int, _ whole: Int) -> Double {
  whole == 0 ? 0 : Double(part) / Double(whole)
}
