import CleaveModel

/// All choices of a plan, what each would take, and which is best.
package struct PlanReport: Sendable {
  /// A bound that no choice keeps, and the choice that comes nearest.
  package struct Conflict: Sendable {
    /// The bound, in words.
    package let bound: String
    package let nearest: PlanRow
  }

  package let settings: PlanSettings
  package let rows: [PlanRow]
  /// For each row whether no other is at least as good in everything.
  package let isOnFront: [Bool]
  /// For each row whether it keeps memory and risk.
  package let isAllowed: [Bool]

  /// Compares rows, which may be of several models.
  package init(settings: PlanSettings, rows: [PlanRow]) {
    self.settings = settings
    self.rows = rows
    isOnFront = ParetoFront.marks(rows)
    isAllowed = rows.map { row in
      row.risk <= settings.maxRisk && row.edgeBytes <= settings.maxMemory ?? .max
    }
  }

  /// The best allowed choice by the objective; nil where none is allowed.
  package var best: PlanRow? { best { _ in true } }

  /// The best allowed choice of one mode.
  package func best(_ mode: PlanChoice.Mode) -> PlanRow? { best { $0.choice.mode == mode } }

  /// The best allowed choice in which both an edge and a cloud compute.
  package var bestSplit: PlanRow? {
    best { $0.choice.mode.hasEdge && $0.choice.mode.hasCloud }
  }

  private func best(_ isMeant: (PlanRow) -> Bool) -> PlanRow? {
    zip(rows, isAllowed).filter { $1 && isMeant($0) }.map(\.0)
      .filter { $0.value(settings.objective) != nil }
      .min { ($0.value(settings.objective) ?? 0) < ($1.value(settings.objective) ?? 0) }
  }

  /// Why no choice with an edge is allowed; nil where one is.
  package var conflict: Conflict? {
    let edges = rows.filter(\.choice.mode.hasEdge)
    guard !zip(rows, isAllowed).contains(where: { $0.choice.mode.hasEdge && $1 }) else {
      return nil
    }
    if let most = settings.maxMemory, let least = edges.min(by: { $0.edgeBytes < $1.edgeBytes }),
      least.edgeBytes > most
    {
      return Conflict(bound: "memory of at most \(most) bytes", nearest: least)
    }
    let fitting = edges.filter { $0.edgeBytes <= settings.maxMemory ?? .max }
    return fitting.min { $0.risk < $1.risk }.map {
      Conflict(bound: "a risk of at most \(settings.maxRisk)", nearest: $0)
    }
  }
}
