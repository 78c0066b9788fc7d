import CleaveModel

extension Calibration {
  /// What the tuning prompts decide: the signal, and which policies are tested in which order.
  struct Tuned {
    let signal: ExitRecord.Signal
    let frontiers: [CalibrationEvidence.Frontier]
    let collaborative: [Trial]
    /// Nil where no promise is asked for it.
    let standalone: [Trial]?
    /// What stands alone where it is only measured: the policy whose risk with a cloud came nearest the
    /// promise, by the tuning prompts, so that the measurement owes the calibration prompts nothing.
    let alone: Policy
  }

  func tune() throws -> Tuned {
    let trials = try Trials(self)
    let off = Policy.off(exits: trials.exitCount, signal: .maxProbability)
    show("recording")
    _ = try recording.walks(off, of: split.tuning + split.calibration)
    let walks = try recording.walks(off, of: split.tuning)
    let trees = split.tuning.map { recording.tree(of: $0) }
    let signals = settings.signal.map { [$0] } ?? ExitRecord.Signal.allCases
    let paths = signals.map { signal in
      PolicyPath(OpenLoop(walks, trees, signal: signal), signal: signal)
    }
    let best = paths.indices.min { share(paths[$0]) < share(paths[$1]) }!
    let collaborative = try candidates(paths[best], risk: settings.risk, trials)
    let standalone = try settings.standaloneRisk.map { risk in
      let loop = OpenLoop(walks, trees, signal: signals[best])
      return try candidates(
        PolicyPath(loop, signal: signals[best], standalone: true), risk: risk, trials)
    }
    return Tuned(
      signal: signals[best], frontiers: zip(signals, paths).map { $1.frontier($0) },
      collaborative: collaborative, standalone: standalone,
      alone: alone(collaborative, signal: signals[best], exits: trials.exitCount))
  }

  /// Tokens of the cloud where the sketched disagreement is the promised risk.
  private func share(_ path: PolicyPath) -> Double {
    path.points.last { $0.disagreement <= settings.risk }?.cloudShare ?? 1
  }

  private func candidates(
    _ path: PolicyPath, risk: Double, _ trials: Trials
  ) throws -> [Trial] {
    var known: [Int: Trial] = [:]
    func trial(_ index: Int) throws -> Trial {
      if let trial = known[index] { return trial }
      let number = known.count + 1
      show("tuning, policy \(number)")
      let trial = try trials(path.points[index].policy, on: split.tuning)
      known[index] = trial
      return trial
    }
    let search = Candidates(path: path, risk: risk) { try trial($0).outcome.risk }
    return try search.choose().map(trial)
  }

  private func alone(_ candidates: [Trial], signal: ExitRecord.Signal, exits: Int) -> Policy {
    let nearest = candidates.min {
      abs($0.outcome.risk - settings.risk) < abs($1.outcome.risk - settings.risk)
    }
    var policy = nearest?.policy ?? .off(exits: exits, signal: signal)
    policy.standalone = true
    return policy
  }
}

extension PolicyPath {
  /// Few enough points to draw.
  private static let drawn = 100

  func frontier(_ signal: ExitRecord.Signal) -> CalibrationEvidence.Frontier {
    let step = max(1, (points.count + Self.drawn - 1) / Self.drawn)
    let indices = Array(stride(from: 0, to: points.count - 1, by: step)) + [points.count - 1]
    return .init(
      signal: signal,
      points: indices.map {
        .init(
          disagreement: min(1, points[$0].disagreement), cloudShare: points[$0].cloudShare)
      })
  }
}
