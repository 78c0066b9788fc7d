import CleaveModel
import CleaveRuntime

/// Every choice that a plan plays.
struct ChoiceList {
  let manifest: Manifest
  let settings: PlanSettings
  let traces: PlanTraces

  /// A choice and the trace that it is played on.
  struct Entry {
    var choice: PlanChoice
    let trace: Int
  }

  func all() -> [Entry] {
    var entries = [
      Entry(
        choice: PlanChoice(mode: .cloudOnly, upload: .tokens),
        trace: traces.index(hasFeedback: false, thresholds: []))
    ]
    for exits in 1...manifest.exits.count {
      entries += standalone(exits)
      for rule in rules {
        entries += variants(exits, rule, .collaborative, draft: 0)
        entries += variants(exits, rule, .lossless, draft: settings.longestDraft)
      }
    }
    return settings.middleLink == nil ? entries : entries + tiers()
  }

  /// Three tiers, cut wherever the next exit reads the model's own states.
  private func tiers() -> [Entry] {
    (1..<manifest.exits.count).filter { manifest.exits[$0].reads == .model }.flatMap { exits in
      rules.flatMap { rule in
        variants(manifest.exits.count, rule, .collaborative, draft: 0)
          .filter { $0.choice.upload != .tokens }
          .map { entry in
            var entry = entry
            entry.choice.exits = exits
            entry.choice.middleExits = manifest.exits.count - exits
            return entry
          }
      }
    }
  }

  private var rules: [ThresholdRule] {
    [.shipped] + settings.thresholds.map(ThresholdRule.fixed) + ThresholdRule.ladder
  }

  private func standalone(_ exits: Int) -> [Entry] {
    let trace = traces.index(hasFeedback: false, thresholds: [])
    var found: [Entry] = []
    for rule in rules {
      let thresholds = rule.thresholds(exits, manifest, traces.scores[trace])
      let choice = PlanChoice(
        mode: .standalone, exits: exits, thresholds: thresholds, rule: "\(rule)")
      append(Entry(choice: choice, trace: trace), to: &found)
    }
    return found
  }

  /// Leaves out what another rule has chosen already.
  private func append(_ entry: Entry, to entries: inout [Entry]) {
    let isKnown = entries.contains {
      $0.choice.thresholds == entry.choice.thresholds && $0.trace == entry.trace
    }
    if !isKnown { entries.append(entry) }
  }

  private func variants(
    _ exits: Int, _ rule: ThresholdRule, _ mode: PlanChoice.Mode, draft: Int
  ) -> [Entry] {
    let hasFeedback = manifest.exits.prefix(exits).contains { $0.feedback != nil }
    // A rule looks at answers as they are where its own thresholds ask.
    var trace = traces.index(hasFeedback: hasFeedback, thresholds: [])
    var thresholds: [Double?] = []
    for _ in 0..<2 {
      thresholds = rule.thresholds(exits, manifest, traces.scores[trace])
      trace = traces.index(hasFeedback: hasFeedback, thresholds: thresholds)
    }
    thresholds = rule.thresholds(exits, manifest, traces.scores[trace])
    // With no exit that may answer the cloud is asked for everything: only where that was asked for.
    guard rule.isFixed || thresholds.contains(where: { ($0 ?? 2) <= 1 }) else { return [] }
    return settings.uploads.flatMap { upload in
      settings.lookAheads.map { lookAhead in
        Entry(
          choice: PlanChoice(
            mode: mode, exits: exits, thresholds: thresholds, rule: "\(rule)",
            longestDraft: draft, lookAhead: lookAhead, upload: upload), trace: trace)
      }
    }
  }
}
