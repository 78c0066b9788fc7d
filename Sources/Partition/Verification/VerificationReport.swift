import CleaveModel
import CleaveRuntime

/// What verification found.
public struct VerificationReport: Sendable {
  /// One thing that must hold.
  public struct Check: Sendable {
    public let name: String
    /// Nil when an earlier failure kept it from being run.
    public let passed: Bool?
    /// What was checked, or what failed and where.
    public let detail: String
  }

  /// Which model was verified, on how many prompts and tokens of each.
  public let modelID: String
  public let prompts: Int
  public let maxTokens: Int
  /// How everything was computed.
  public let numerics: Numerics

  public var checks: [Check] = []
  /// With the shipped thresholds and the cloud.
  public var collaborative: ModeReport?
  /// With the shipped thresholds and no cloud.
  public var standalone: ModeReport?
  /// Of a calibrated policy on held-out prompts, where some were given.
  public var heldOut: [HeldOutRisk] = []

  package init(
    modelID: String, prompts: Int, maxTokens: Int, numerics: Numerics = .standard
  ) {
    self.modelID = modelID
    self.prompts = prompts
    self.maxTokens = maxTokens
    self.numerics = numerics
  }

  public var verified: Bool { checks.allSatisfy { $0.passed == true } }

  public var json: JSON {
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
public struct ModeReport: Sendable {
  /// Tokens of one source, and how many of them the whole model would have said too.
  public struct Tally: Sendable {
    public var tokens = 0
    public var agreeing = 0
  }

  public var tallies: [(source: Answer.Source, tally: Tally)]
  public var bytesUp = 0
  public var seconds = 0.0

  public var tokens: Int { tallies.reduce(0) { $0 + $1.tally.tokens } }
  public var agreement: Double { ratio(tallies.reduce(0) { $0 + $1.tally.agreeing }, tokens) }
  public var cloudRequestRate: Double { ratio(tally(.cloud).tokens, tokens) }
  public var bytesUpPerToken: Double { ratio(bytesUp, tokens) }
  public var tokensPerSecond: Double { seconds > 0 ? Double(tokens) / seconds : 0 }

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
