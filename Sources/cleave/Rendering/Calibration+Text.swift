import CleaveCalibrate
import CleaveModel
import CleaveRuntime
import CleaveStorage

extension Calibration.Result {
  func text(_ manifest: Manifest, _ output: String, report: String) -> String {
    var lines = ["\(output): \(manifest.summary)"]
    lines += [
      "signal \(signal.rawValue); \(record.tuning.prompts) prompts tuned on, "
        + "\(record.calibration.prompts) calibrated on"
    ]
    lines += record.collaborative.text(
      "collaborative", loss: record.loss, depths: manifest.exits.map(\.depth))
    lines += record.standalone.text(
      "standalone", loss: record.loss, depths: manifest.exits.map(\.depth))
    lines.append("report: \(report)")
    return lines.joined(separator: "\n")
  }

  var json: JSON {
    [
      "signal": .string(signal.rawValue), "calibration": record.json,
      "candidates": .array(evidence.candidates.map(\.json)),
      "standalone_candidates": .array(evidence.standaloneCandidates.map(\.json)),
    ]
  }
}

extension CalibrationMode {
  /// The lines that describe a mode: its promise, its measured risk, and who answers.
  func text(_ name: String, loss: String, depths: [Int]) -> [String] {
    let shares = zip(depths, exitShares).map { "exit \($0) \($1.percent)" }
    let who = (shares + (name == "standalone" ? [] : ["cloud \(cloudShare.percent)"]))
      .joined(separator: ", ")
    // Without a cloud the last exit answers whatever its threshold is.
    let shown = thresholds.enumerated().map { exit, threshold in
      name == "standalone" && exit == thresholds.count - 1
        ? "always" : threshold > 1 ? "off" : "\(threshold)"
    }
    var lines = ["\(name): \(sentence(loss))"]
    lines.append("  measured \(loss) \(risk.percent); answered by \(who)")
    lines.append(
      "  thresholds \(shown.joined(separator: ", "))")
    return lines
  }

  private func sentence(_ loss: String) -> String {
    guard let promise else {
      let bound = upperBound.map {
        ", at most \($0.risk.percent) with probability \((1 - $0.delta).percent)"
      }
      return "nothing is promised; expected \(loss) is measured\(bound ?? "")"
    }
    guard promise.passed else {
      return "NOTHING PASSED for an expected \(loss) of at most \(promise.risk.percent)"
        + (name(promise) + "; " + (cloudShare == 1 ? "every exit is off" : "measured only"))
    }
    guard let delta = promise.delta else {
      return
        "expected \(loss) at most \(promise.risk.percent), in expectation over calibrations too"
        + name(promise)
    }
    return "expected \(loss) at most \(promise.risk.percent) with probability "
      + "\((1 - delta).percent)" + name(promise)
  }

  private func name(_ promise: CalibrationPromise) -> String { " (\(promise.procedure.rawValue))" }
}

extension Manifest {
  /// The reason why the promise of the thresholds does not hold for a run with `numerics`; nil where it
  /// holds, or there is no promise.
  func doubt(_ numerics: Numerics) -> String? {
    guard let calibration else { return nil }
    if calibrationIsStale {
      return
        "weights, exits or temperatures have changed since the thresholds were calibrated: their"
        + " promise is void; calibrate again"
    }
    guard calibration.activations == numerics.activations.rawValue,
      calibration.kvCache == numerics.cache.rawValue
    else {
      return "the thresholds were calibrated with \(calibration.activations) activations and a"
        + " KV cache of \(calibration.kvCache); their promise does not hold for \(numerics)"
    }
    return nil
  }

  /// The reason why the promise of the thresholds does not hold for a run whose hidden states go up in this encoding; nil where
  /// it holds, or there is no promise.
  ///
  /// - Parameter codec: as `--codec` names it.
  func doubt(codec: String) -> String? {
    guard calibration != nil, StatesEncoding(codec)?.format != .float32 else { return nil }
    return
      "the thresholds were calibrated with hidden states that go up as they are; their promise does not"
      + " count the answers of the cloud that --codec \(codec) changes"
  }
}

extension Rehearsal.Report {
  var text: String {
    let kinds = [
      ("disjoint splits", splits, splitsShare), ("drawn with replacement", draws, promise.delta),
    ]
    let rows = kinds.map { name, draws, share in
      [
        "  \(name)", "\(draws.broken) of \(draws.draws)", share?.percent ?? "",
        "\(draws.nothingPassed)",
        draws.risk.percent, (draws.risk / promise.risk).fixed(2), draws.cloudShare.percent,
      ]
    }
    let verdict =
      isKept
      ? "KEPT"
      : "BROKEN: more often than \(promise.delta == nil ? "the promise" : "that") and chance allow"
    let tightness = isTight ? "" : "; loose: less than \(Self.tight) of the promise is used"
    return """
      promise: expected \(loss) at most \(promise.risk.percent)\
      \(promise.delta.map { " with probability \((1 - $0).percent)" } ?? ", in expectation") \
      (\(promise.procedure.rawValue)); \(calibrationPrompts) of \(populationPrompts) prompts each time
      \(table([["", "broken", "at most", "nothing passed", "mean risk", "of the promise", "cloud"]] + rows))
      \(verdict)\(tightness)
      """
  }

  var json: JSON {
    [
      "risk": .real(promise.risk), "delta": promise.delta.map { .real($0) } ?? .null,
      "procedure": .string(promise.procedure.rawValue), "loss": .string(loss),
      "calibration_prompts": .integer(Int64(calibrationPrompts)),
      "population_prompts": .integer(Int64(populationPrompts)),
      "splits": splits.json, "draws": draws.json, "kept": .bool(isKept), "tight": .bool(isTight),
      "candidates": .array(candidates.map(\.json)),
    ]
  }
}

extension Rehearsal.Draws {
  var json: JSON {
    [
      "draws": .integer(Int64(draws)), "broken": .integer(Int64(broken)),
      "nothing_passed": .integer(Int64(nothingPassed)), "mean_risk": .real(risk),
      "mean_cloud_share": .real(cloudShare),
    ]
  }
}
