import CleaveModel
import CleaveStorage

/// Checks that calibration evidence can be drawn: it is about the manifest's exits, and its counts
/// are consistent.
struct EvidenceCheck {
  let manifest: Manifest
  /// The path of the evidence, for errors.
  let file: String

  /// The most tokens in a count, far more than any calibration uses, so that sums do not overflow.
  private static let most = 1 << 40
  private static let (reliabilityBins, signalBins) = (15, 20)

  func check(_ evidence: CalibrationEvidence) throws {
    let depths = evidence.exits.map(\.depth)
    guard depths == manifest.exits.map(\.depth) else {
      throw refuse("exits", "depths \(depths)", "the manifest's, \(manifest.exits.map(\.depth))")
    }
    try check(evidence.candidates, "candidates")
    try check(evidence.standaloneCandidates, "standalone_candidates")
    for (index, exit) in evidence.exits.enumerated() { try check(exit, "exits[\(index)]") }
    let sources = Set(["cloud"] + depths.map { "exit_\($0)" })
    for (index, sample) in evidence.samples.enumerated() {
      try check(sample, sources, "samples[\(index)]")
    }
    let traffic = evidence.traffic
    for value in [
      traffic.bytesUpPerToken, traffic.bytesDownPerToken, traffic.cloudOnlyBytesUpPerToken,
    ] where !(0...1e15).contains(value) {
      throw refuse("traffic", "\(value) bytes a token", "a number from 0 to 1e15")
    }
  }

  private func check(_ candidates: [CalibrationEvidence.Candidate], _ name: String) throws {
    for (index, candidate) in candidates.enumerated() {
      let shares = [candidate.tuning, candidate.calibration].compactMap { $0?.exitShares.count }
      guard ([candidate.thresholds.count] + shares).allSatisfy({ $0 == manifest.exits.count })
      else {
        throw refuse(
          "\(name)[\(index)]", "\(candidate.thresholds.count) thresholds, exit shares \(shares)",
          "one for each of \(manifest.exits.count) exits")
      }
      guard !candidate.passed || candidate.calibration != nil else {
        throw refuse(
          "\(name)[\(index)].passed", "true without an outcome",
          "an outcome on the calibration prompts")
      }
    }
  }

  private func check(_ exit: CalibrationEvidence.Exit, _ location: String) throws {
    for (name, bins) in [("before", exit.before), ("after", exit.after)] {
      guard bins.count == Self.reliabilityBins else {
        throw refuse("\(location).\(name)", "\(bins.count) bins", "\(Self.reliabilityBins)")
      }
      for (index, bin) in bins.enumerated() {
        try check(bin.tokens, right: bin.right, "\(location).\(name)[\(index)]")
      }
    }
    let counts = (exit.signalTokens.count, exit.signalRight.count)
    guard counts == (Self.signalBins, Self.signalBins) else {
      throw refuse(
        "\(location).signal_tokens", "\(counts.0) bins, \(counts.1) of those right",
        "\(Self.signalBins)")
    }
    for index in exit.signalTokens.indices {
      try check(
        exit.signalTokens[index], right: exit.signalRight[index],
        "\(location).signal_tokens[\(index)]"
      )
    }
  }

  private func check(_ tokens: Int, right: Int, _ location: String) throws {
    guard (0...Self.most).contains(tokens), (0...tokens).contains(right) else {
      throw refuse(
        location, "\(right) right of \(tokens) tokens",
        "at most \(Self.most) tokens, and no more right ones than tokens")
    }
  }

  /// - Parameter sources: all that a token may be of.
  private func check(
    _ sample: CalibrationEvidence.Sample, _ sources: Set<String>, _ location: String
  ) throws {
    guard ["collaborative", "standalone"].contains(sample.mode) else {
      throw refuse("\(location).mode", "\"\(sample.mode)\"", "one of collaborative, standalone")
    }
    for (index, token) in sample.tokens.enumerated() where !sources.contains(token.source) {
      let known = ["cloud"] + manifest.exits.map { "exit_\($0.depth)" }
      throw refuse(
        "\(location).tokens[\(index)].source", "\"\(token.source)\"",
        "one of \(known.joined(separator: ", "))")
    }
  }

  private func refuse(_ location: String, _ found: String, _ expected: String) -> InputError {
    InputError(file: file, location: location, found: found, expected: expected)
  }
}
