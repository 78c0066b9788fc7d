import CleaveModel
import CleaveStorage
import Glibc
import TestSupport

/// Evidence with the shape of real evidence: risk falls with more cloud requests, exits are right
/// about as often as their confidence says, and temperature scaling lowers confidence.
struct SampleEvidence {
  let depths: [Int]
  let record: CalibrationRecord
  let temperatures: [Double]

  var evidence: CalibrationEvidence {
    CalibrationEvidence(
      command: [
        "cleave", "calibrate", "model-exits", "--prompts", "xsum.jsonl:document", "--risk", "0.05",
        "--delta", "0.05", "--format", "Summarize: {}", "-o", "model's",
      ],
      sources: [
        .init(
          name: "xsum.jsonl", field: "document", format: "Summarize: {}",
          sha256: SampleRecord.digest("xsum"), prompts: 1000),
        .init(
          name: "<script>alert('name')</script>.jsonl", field: "\"question\"",
          format: "{} & \"why\"?",
          sha256: SampleRecord.digest("truthfulqa"), prompts: 600),
      ],
      tuning: [], calibration: [], candidates: candidates, standaloneCandidates: standalone,
      frontiers: frontiers, exits: depths.indices.map(exit),
      traffic: .init(
        bytesUpPerToken: 1161.4, bytesDownPerToken: 9.7, cloudOnlyBytesUpPerToken: 1189.25,
        stateBytes: 1152), samples: SampleTexts.samples(depths: depths))
  }

  /// 24 candidates, of which 15 pass, the next fails and the rest are not tested.
  private var candidates: [CalibrationEvidence.Candidate] {
    (0..<24).map { index in
      let cloud = 0.96 - Double(index) * (0.96 - 0.3821) / 14
      let risk = 0.04318 * pow((1 - max(0.02, cloud)) / (1 - 0.3821), 1.9)
      let last = index == 14
      var thresholds = depths.indices.map { 0.99 - 0.011 * Double(index) - 0.05 * Double($0) }
      if last { thresholds = record.collaborative.thresholds }
      func outcome(_ risk: Double, _ cloud: Double) -> CalibrationEvidence.Outcome {
        let cloud = max(0, cloud)
        let first = depths.count == 1 ? 1 - cloud : (1 - cloud) * 0.65
        return .init(
          risk: risk, cloudShare: cloud,
          exitShares: depths.count == 1 ? [first] : [first, 1 - cloud - first])
      }
      let jitter = 0.012 * sin(Double(index) * 2.7)
      return .init(
        thresholds: thresholds, tuning: outcome(risk * (0.93 + 2 * jitter), cloud - jitter),
        calibration: index <= 15
          ? (last
            ? .init(
              risk: record.collaborative.risk, cloudShare: record.collaborative.cloudShare,
              exitShares: record.collaborative.exitShares)
            : outcome(risk, cloud)) : nil,
        pValue: index <= 15 ? (index == 15 ? 0.0831 : pow(10, -12 + 0.75 * Double(index))) : nil,
        passed: index <= 14)
    }
  }

  private var standalone: [CalibrationEvidence.Candidate] {
    (0..<12).map { index in
      let first = Double(index) / 12
      let shares = depths.count == 1 ? [1.0] : [first, 1 - first]
      let outcome = CalibrationEvidence.Outcome(
        risk: 0.215 + 0.05 * first * first, cloudShare: 0, exitShares: shares)
      return .init(
        thresholds: depths.indices.map { $0 == depths.count - 1 ? 0 : 1 - first }, tuning: outcome,
        calibration: nil, pValue: nil, passed: false)
    }
  }

  private var frontiers: [CalibrationEvidence.Frontier] {
    zip(ExitRecord.Signal.allCases, [1.08, 1.0, 1.3]).map { signal, factor in
      .init(
        signal: signal,
        points: (0...80).map { index in
          let cloud = 1 - Double(index) / 80
          return .init(disagreement: min(1, 0.34 * factor * pow(1 - cloud, 2.6)), cloudShare: cloud)
        })
    }
  }

  private func exit(_ index: Int) -> CalibrationEvidence.Exit {
    let temperature = temperatures[index]
    func bins(_ slope: Double) -> [CalibrationEvidence.Exit.Bin] {
      (0..<15).map { bin in
        let confidence = (Double(bin) + 0.55) / 15
        let tokens = bin == 0 ? 0 : 300 + 60 * (bin - 7) * (bin - 7) + 900 * (bin / 14)
        return .init(
          tokens: tokens, right: Int(Double(tokens) * pow(confidence, slope)),
          confidence: confidence)
      }
    }
    let tokens = (0..<20).map { 220 + 18 * ($0 - 8) * ($0 - 8) + 2600 * ($0 / 19) + 170 * index }
    let right = tokens.enumerated().map { Int(Double($1) * (0.2 + 0.79 * Double($0) / 19)) }
    return .init(
      depth: depths[index], temperature: temperature, before: bins(1.45), after: bins(1.04),
      signalTokens: tokens, signalRight: right)
  }
}

enum SampleTexts {
  /// Two texts with tokens that would break a page without escaping.
  static func samples(depths: [Int]) -> [CalibrationEvidence.Sample] {
    let words = [
      "The", " old", " lighthouse", " at", " Whit", "by", " was", " sold", " to", " a", " local",
      " trust", ",", " which", " plans", " to", " open", " it", " to", " visitors", " in", " the",
      " spring", ".", "\n\n", "<script>", "alert(1)", "</script>", " &", "amp;", " \"quoted\"",
      " it's",
      "\t", "", " 東京", " done", ".", "\n",
    ]
    return ["collaborative", "standalone"].map { mode in
      var random = SplitMix64(seed: mode == "standalone" ? 3 : 5)
      let tokens = words.map { word in
        let exit = Int.random(in: 0..<(mode == "standalone" ? 2 : 3), using: &random)
        let source = exit == 2 ? "cloud" : "exit_\(depths[min(exit, depths.count - 1)])"
        let confidence = Double.random(in: 0.3...1, using: &random)
        return CalibrationEvidence.Sample.Token(
          text: word, source: source, confidence: confidence,
          agrees: source == "cloud" || Double.random(in: 0...1, using: &random) > 0.15)
      }
      return .init(
        prompt:
          "Summarize: The lighthouse <b>at</b> Whitby, \"built\" in 1858 & lit since,\nhas a new owner.",
        mode: mode, loss: Double(tokens.count { !$0.agrees }) / Double(tokens.count), tokens: tokens
      )
    }
  }
}
