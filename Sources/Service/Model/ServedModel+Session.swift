import CleaveExits
import CleaveGenerate
import CleaveModel
import CleaveRuntime
import CleaveStorage

extension ServedModel {
  /// The mode in which a request runs.
  ///
  /// - Throws: `APIError` for a mode that this server has not.
  func mode(_ control: RunControl) throws -> RunControl.Mode {
    let mode = control.mode ?? defaultMode
    guard modes.contains(mode) else {
      throw APIError(
        400,
        "cleave.mode: found \(mode.rawValue); expected one of "
          + modes.map(\.rawValue).joined(separator: ", ") + " of this server",
        parameter: "cleave.mode")
    }
    guard mode != .whole || control.thresholds == nil else {
      throw APIError.unsupported("cleave.threshold", "the model runs whole, without exits")
    }
    return mode
  }

  /// - Throws: `SettingError` for another number of thresholds than exits.
  func policy(_ control: RunControl) throws -> ExitPolicy {
    try ExitPolicy(
      control.thresholds ?? settings.thresholds, artifact.manifest,
      mode: .init(hasCloud: try mode(control) != .standalone))
  }

  /// The control of a request with everything that it leaves open filled in.
  func resolved(_ control: RunControl) throws -> RunControl {
    let mode = try mode(control)
    return RunControl(mode: mode, thresholds: mode == .whole ? nil : try policy(control).thresholds)
  }

  /// Opens a session.
  ///
  /// - Throws: `APIError` and `SettingError` for a control that does not fit; what the cloud throws.
  func open(_ control: RunControl, _ sampling: Sampling) async throws -> OpenSession {
    switch weights {
    case .whole(let model):
      _ = try mode(control)
      let session = WholeModelSession(
        model, sampling: sampling, numerics: settings.numerics, pool: pool)
      return OpenSession(session: session, client: nil, mayGoOn: goesBack)
    case .edge(let edge):
      let policy = try policy(control)
      let options = options(try mode(control))
      let feedback =
        policy.mode == .standalone
        ? nil : EdgeSession.feedback(edge, policy: policy, options: options)
      let client =
        policy.mode == .standalone
        ? nil
        : try await cloud?.client(
          artifact.manifest, settings, options, feedback: feedback, pool: pool)
      let session = EdgeSession(
        edge, policy: policy, sampling: sampling, numerics: settings.numerics, cloud: client,
        options: options, pool: pool)
      return OpenSession(session: session, client: client, mayGoOn: goesBack && feedback == nil)
    }
  }

  /// Checks that a cloud bundle in this process belongs to the edge, before anybody asks. A server may be started
  /// later, and is asked with the first request.
  ///
  /// - Throws: `CloudRefusal` for bundles of other models or cuts, `FeedbackMissing`.
  package func checkCloud() async throws {
    guard case .bundle? = cloud else { return }
    let session = try await open(RunControl(mode: .collaborative), .greedy)
    await session.close()
  }

  /// Whether a session goes back to any earlier position: a state in place of keys and values does not.
  private var goesBack: Bool { !artifact.manifest.configuration.hasStates }

  private func options(_ mode: RunControl.Mode) -> EdgeSession.Options {
    guard mode == .collaborative || mode == .lossless else { return EdgeSession.Options() }
    var options = settings.session
    options.longestDraft = mode == .lossless ? max(1, settings.draft) : 0
    if mode == .lossless { options.maxWait = nil }
    return options
  }

  /// What reads the probabilities of a text.
  ///
  /// - Throws: `APIError` where the whole model is not in this process.
  func scorer() throws -> TextScorer {
    switch (weights, cloud) {
    case (.whole(let model), _):
      return TextScorer(model, numerics: settings.numerics, pool: pool)
    case (.edge(let edge), .bundle(let cloud, _)?):
      return try TextScorer(edge, cloud, numerics: settings.numerics, pool: pool)
    case (.edge, _):
      throw APIError.unsupported(
        "logprobs",
        "they are the whole model's, which this server has not; serve a model, or an edge with a cloud bundle"
      )
    }
  }
}

extension ServedModel {
  /// The thresholds of a request that names none, one for each exit.
  package var thresholds: [Double] {
    guard defaultMode != .whole else { return [] }
    return (try? policy(RunControl()))?.thresholds ?? []
  }
}
