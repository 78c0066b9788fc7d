import CleaveModel

extension Calibration {
  /// The decisions that rest on the tuning prompts: the signal, and which policies are tested in which order.
  struct Tuned {
    let signal: ExitRecord.Signal
    let frontiers: [CalibrationEvidence.Frontier]
    let collaborative: [PolicyRun]
    /// The candidates of standalone mode; nil where no promise is asked for it.
    let standalone: [PolicyRun]?
    /// The standalone policy where its risk is only measured: the one whose risk with a cloud came nearest the
    /// promise. The tuning prompts alone choose it, so that the measurement on the calibration prompts is
    /// unbiased.
    let alone: SignalPolicy
  }

  func tune() async throws -> Tuned {
    let runner = try policyRunner()
    let off = SignalPolicy.off(exits: runner.exitCount, signal: .maxProbability)
    show("recording")
    _ = try recording.walks(off, of: split.tuning + split.calibration)
    let walks = try recording.walks(off, of: split.tuning)
    let trees = split.tuning.map { recording.tree(of: $0) }
    let signals = settings.signal.map { [$0] } ?? ExitRecord.Signal.allCases
    let paths = signals.map { signal in
      PolicyPath(OpenLoop(walks, trees, signal: signal), signal: signal)
    }
    let best = paths.indices.min { share(paths[$0]) < share(paths[$1]) }!
    let collaborative = try await candidates(paths[best], risk: settings.risk, runner)
    var standalone: [PolicyRun]?
    if let risk = settings.standaloneRisk {
      // Alone, exits with feedback answer without what comes back.
      let walks = try recording.walks(
        .off(exits: runner.exitCount, signal: .maxProbability, returnsStates: false),
        of: split.tuning)
      let trees = split.tuning.map { recording.tree(of: $0) }
      let loop = OpenLoop(walks, trees, signal: signals[best])
      standalone = try await candidates(
        PolicyPath(loop, signal: signals[best], mode: .standalone), risk: risk, runner)
    }
    return Tuned(
      signal: signals[best], frontiers: zip(signals, paths).map { $1.frontier($0) },
      collaborative: collaborative, standalone: standalone,
      alone: alone(collaborative, signal: signals[best], exits: runner.exitCount))
  }

  /// The share of tokens that the cloud answers where the estimated disagreement is the promised risk.
  private func share(_ path: PolicyPath) -> Double {
    path.points.last { $0.disagreement <= settings.risk }?.cloudShare ?? 1
  }

  private func candidates(
    _ path: PolicyPath, risk: Double, _ runner: PolicyRunner
  ) async throws -> [PolicyRun] {
    var known: [Int: PolicyRun] = [:]
    func run(_ index: Int) async throws -> PolicyRun {
      if let run = known[index] { return run }
      let number = known.count + 1
      show("tuning, policy \(number)")
      let run = try await runner(path.points[index].policy, on: split.tuning)
      known[index] = run
      return run
    }
    let search = Candidates(path: path, risk: risk) { try await run($0).outcome.risk }
    var runs: [PolicyRun] = []
    for index in try await search.choose() { runs.append(try await run(index)) }
    return runs
  }

  private func alone(_ candidates: [PolicyRun], signal: ExitRecord.Signal, exits: Int)
    -> SignalPolicy
  {
    let nearest = candidates.min {
      abs($0.outcome.risk - settings.risk) < abs($1.outcome.risk - settings.risk)
    }
    var policy = nearest?.policy ?? .off(exits: exits, signal: signal)
    policy.exitPolicy.mode = .standalone
    return policy
  }
}

extension PolicyPath {
  /// The most points of a frontier in the report.
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
