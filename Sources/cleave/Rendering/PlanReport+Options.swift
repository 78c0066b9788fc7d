import CleavePlan

extension PlanRow {
  /// What to type for the choice, from the model on where its bundles are not those of a plain partition.
  var options: [String] {
    guard choice.mode.hasEdge else { return [] }
    guard choice.mode.hasCloud else { return ["cleave run EDGE" + thresholds()] }
    let ahead = " --cloud HOST:PORT --look-ahead \(choice.lookAhead)"
    guard choice.middleExits == 0 else { return tiers(ahead) }
    var line = "cleave run EDGE" + thresholds() + ahead
    if choice.mode == .lossless { line += " --lossless --draft \(choice.longestDraft)" }
    guard choice.upload == .tokens else { return [line + " --codec \(choice.upload)"] }
    return [
      "cleave partition MODEL --edge EDGE --cloud CLOUD --cloud-blocks all",
      line + " --upload tokens",
    ]
  }

  private func tiers(_ ahead: String) -> [String] {
    let (all, first) = (choice.thresholds, choice.exits)
    let cuts = [
      0, model.depths[first - 1], model.depths[first + choice.middleExits - 1],
      model.depths.last ?? 0,
    ]
    let tiers = zip(["device", "middle", "cloud"], zip(cuts, cuts.dropFirst()))
      .map { "\($0):\($1.0)..\($1.1)" }
    return [
      "cleave partition MODEL --tiers \(tiers.joined(separator: ",")) --out TIERS",
      "cleave serve TIERS/middle --cloud HOST:PORT" + thresholds(all[first...]),
      "cleave run TIERS/device" + thresholds(all[..<first]) + ahead
        + " --codec \(choice.upload)",
    ]
  }

  private func thresholds(_ some: ArraySlice<Double?>? = nil) -> String {
    guard choice.rule != "shipped" else { return "" }
    return " --threshold "
      + (some ?? choice.thresholds[...]).map { $0.map { $0.fixed(4) } ?? "2" }.joined(
        separator: ",")
  }
}
