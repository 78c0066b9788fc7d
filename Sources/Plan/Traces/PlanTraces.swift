import CleaveEvaluate
import CleaveModel
import CleaveStorage

/// The traces of a model's exits, recorded with the cloud's states coming back at different places: a choice is played
/// on the one that was recorded most nearly as it asks.
struct PlanTraces: Sendable {
  let traces: [ExitTrace]
  /// The scores of each trace's texts.
  let scores: [[PromptScores]]

  /// - Parameter files: names for errors, as many as traces.
  /// - Throws: `InputError` for a trace of another model or of other exits, and where those that come back are missing.
  init(_ traces: [ExitTrace], files: [String], of manifest: Manifest) throws {
    let exits = [ExitTrace.Exit](manifest)
    for (trace, file) in zip(traces, files) {
      guard trace.modelID == manifest.modelID else {
        throw InputError(
          file: file, location: "model_id", found: trace.modelID,
          expected: "\(manifest.modelID), the model's",
          advice: "Record a trace of this model: cleave exits eval MODEL --record FILE.")
      }
      guard trace.exits == exits else {
        throw InputError(
          file: file, location: "exits",
          found: "exits of depths \(trace.exits.map(\.depth)), or other weights",
          expected: "the model's exits, of depths \(exits.map(\.depth)), as they are now",
          advice: "Record the trace again: the exits were trained since, or are another model's.")
      }
    }
    if manifest.exits.contains(where: { $0.feedback != nil }) {
      try Self.checkPlaces(traces, files)
    }
    self.traces = traces
    scores = traces.map { trace in trace.texts.map { PromptScores($0) } }
  }

  /// An exit with feedback says one thing alone and another with the cloud: both must have been recorded.
  private static func checkPlaces(_ traces: [ExitTrace], _ files: [String]) throws {
    for (isMissing, wanted, option) in [
      (!traces.contains(where: \.isAlone), "one recorded while nothing comes back", "none"),
      (traces.allSatisfy(\.isAlone), "one recorded while states come back", "policy"),
    ] where isMissing {
      throw InputError(
        file: files.joined(separator: ", "), location: "feedback",
        found: traces.map(\.feedback).joined(separator: ", "), expected: wanted,
        advice: "Record it too: cleave exits eval MODEL --feedback \(option) --record FILE.")
    }
  }

  /// The index of the trace that is nearest to what thresholds ask.
  ///
  /// - Parameters:
  ///   - hasFeedback: whether states come back to an exit.
  ///   - thresholds: one for each exit that is used; nil switches it off.
  func index(hasFeedback: Bool, thresholds: [Double?]) -> Int {
    let indices = traces.indices
    guard hasFeedback else {
      return indices.first { traces[$0].isAlone } ?? 0
    }
    return indices.filter { !traces[$0].isAlone }
      .min { distance($0, thresholds) < distance($1, thresholds) } ?? 0
  }

  /// How far the share of tokens that a policy asks for is from that of the recording.
  private func distance(_ index: Int, _ thresholds: [Double?]) -> Double {
    abs(
      PolicyShares(thresholds, mode: .collaborative, scores[index]).asked - traces[index].askedShare
    )
  }
}

extension ExitTrace {
  /// Whether nothing came back while it was recorded.
  fileprivate var isAlone: Bool { texts.allSatisfy { $0.asked == nil } }
}

extension PromptScores {
  /// The scores of a text of a trace.
  package init(_ text: ExitTrace.Text) {
    self.init(
      exits: text.said.indices.map { exit in
        text.truth.indices.map { token in
          ExitScore(
            isRight: text.isRight(exit: exit, token: token),
            confidence: text.confidence[exit][token])
        }
      }, promptLength: text.promptLength, asked: text.asked)
  }
}
