import CleavePlan
import CleaveReport

extension PlanReport {
  /// The report as a page.
  ///
  /// - Parameter model: its name.
  func page(of model: String) -> PlanPage {
    let modes = PlanChoice.Mode.allCases
    return PlanPage(
      title:
        "\(model): \(settings.clients) client\(settings.clients == 1 ? "" : "s") over \(settings.link)",
      statements: verdict.filter { !$0.hasPrefix("  ") }, modes: modes.map(\.rawValue),
      points: rows.indices.map { index in
        PlanPage.Point(
          seconds: rows[index].p50, cloudMilliseconds: rows[index].cloudMilliseconds,
          mode: modes.firstIndex(of: rows[index].choice.mode) ?? 0,
          isOnFront: isOnFront[index] && isAllowed[index],
          isBest: rows[index].choice == best?.choice && rows[index].model == best?.model,
          name: name(rows[index]))
      }, header: columns, rows: shown.map(cells))
  }
}
