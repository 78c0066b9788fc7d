import CleaveModel

/// The section about bytes between edge and cloud.
struct TrafficSection {
  let report: Report

  var markup: Markup {
    let traffic = report.evidence.traffic
    let bars = [
      ("up, calibrated", traffic.bytesUpPerToken, "exit-0"),
      ("up, asking always", traffic.cloudOnlyBytesUpPerToken, "cloud"),
      ("down, calibrated", traffic.bytesDownPerToken, "exit-0"),
    ].map { BarList.Bar(name: $0.0, value: $0.1, text: $0.1.bytes, kind: $0.2) }
    return .section(
      "traffic", "Bytes a token",
      .grid([
        .figure(
          "Between edge and cloud", BarList(bars: bars).svg("Bytes a token"),
          caption: "By a run of the sample texts through the protocol."),
        .list([
          (
            "One hidden state",
            .number(Double(traffic.stateBytes).bytes, full: Double(traffic.stateBytes))
          ),
          ("Saved up", saved(traffic)),
          (
            "Why not nothing",
            "The state at the first exit is sent for every token, so that the cloud’s context is whole when it is asked."
          ),
        ]),
      ]))
  }

  private func saved(_ traffic: CalibrationEvidence.Traffic) -> Markup {
    guard traffic.cloudOnlyBytesUpPerToken > 0 else { return "–" }
    let share = 1 - traffic.bytesUpPerToken / traffic.cloudOnlyBytesUpPerToken
    return .number("\((share * 100).fixed(1)) %", full: share)
  }
}
