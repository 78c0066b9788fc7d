import CleavePlan
import CleaveStorage

extension PlanReport {
  /// The report as people read it: the front, what is best, and whether a split pays at all.
  var text: String {
    let more = shown.count - Self.most
    return
      ([heading, table([columns] + shown.prefix(Self.most).map(cells))]
      + (more > 0 ? ["... and \(more) more: --json or --html has them."] : []) + verdict)
      .joined(separator: "\n")
  }

  /// Rows of the front that are printed.
  private static let most = 12

  private var heading: String {
    let clients = settings.clients == 1 ? "1 client" : "\(settings.clients) clients"
    return "\(rows.count) choices played: \(clients), \(settings.link), at most "
      + "\(settings.maxRisk.percent) of tokens differing"
      + (settings.maxMemory.map { ", edge at most \($0.formattedBytes)" } ?? "")
      + ". Those that no other beats in everything:"
  }

  /// Whether rows of several models are compared.
  var hasModels: Bool { Set(rows.map(\.model.name)).count > 1 }

  var columns: [String] { (hasModels ? ["model"] : []) + PlanRow.columns }

  func cells(_ row: PlanRow) -> [String] { (hasModels ? [row.model.name] : []) + row.cells }

  func name(_ row: PlanRow) -> String {
    (hasModels ? "\(row.model.name), " : "") + row.name
  }

  /// The rows of the front that keep the bounds, the best by the objective first.
  var shown: [PlanRow] {
    rows.indices.filter { isOnFront[$0] && isAllowed[$0] }.map { rows[$0] }.sorted {
      ($0.value(settings.objective) ?? .infinity) < ($1.value(settings.objective) ?? .infinity)
    }
  }

  /// What is best, and how a split stands beside the cloud and the edge alone; what to type is indented.
  var verdict: [String] {
    var lines: [String] = []
    if let best {
      lines.append("Best by \(settings.objective.rawValue): \(name(best)).")
      lines += best.options.map { "  \($0)" }
    }
    if let conflict {
      lines.append(
        "No choice with an edge keeps \(conflict.bound); the nearest is \(name(conflict.nearest)): "
          + "\(conflict.nearest.edgeBytes.formattedBytes), risk \(conflict.nearest.risk.percent).")
    }
    if let split = bestSplit {
      for other in [PlanChoice.Mode.cloudOnly, .standalone].compactMap(best) {
        lines.append(split.compared(with: other, named: name(other)))
      }
    }
    return lines
  }
}

extension PlanRow {
  static let columns = [
    "mode", "exits", "thresholds", "ahead", "upload", "p50 s", "p95 s", "first s", "cloud ms/tok",
    "middle", "B up/tok", "edge", "clients", "cloud tok", "risk",
  ]

  var cells: [String] {
    let hasEdge = choice.mode.hasEdge
    return [
      choice.mode.rawValue, hasEdge ? exitNumbers : "", choice.rule,
      choice.mode.hasCloud && hasEdge ? "\(choice.lookAhead)" : "",
      choice.mode.hasCloud && hasEdge ? "\(choice.upload)" : "", p50.fixed(3), p95.fixed(3),
      firstP50.fixed(3), choice.mode.hasCloud ? cloudMilliseconds.fixed(2) : "",
      middleMilliseconds.map { $0.fixed(2) } ?? "", bytesUp.fixed(0),
      hasEdge ? edgeBytes.formattedBytes : "",
      clientsCarried.map { $0.fixed(1) } ?? "", fromCloud.percent, risk.percent,
    ]
  }

  /// The choice in words.
  var name: String {
    switch choice.mode {
    case .cloudOnly: "the whole model in the cloud"
    case .standalone: "the edge alone, \(exitCount), thresholds \(choice.rule)"
    case .collaborative, .lossless:
      "\(choice.mode.rawValue), \(exitCount), thresholds \(choice.rule), look-ahead \(choice.lookAhead), upload \(choice.upload)"
    }
  }

  private var exitCount: String {
    (choice.exits == 1 ? "1 exit" : "\(choice.exits) exits")
      + (choice.middleExits == 0 ? "" : " and \(choice.middleExits) in the middle tier")
  }

  private var exitNumbers: String {
    choice.middleExits == 0 ? "\(choice.exits)" : "\(choice.exits)+\(choice.middleExits)"
  }

  /// How a split stands beside another choice.
  func compared(with other: PlanRow, named name: String) -> String {
    let time = p50 / other.p50
    var line =
      "The best split takes \(time.fixed(2)) times as long as \(name)"
    if other.choice.mode.hasCloud, other.cloudMilliseconds > 0 {
      let share = cloudMilliseconds / other.cloudMilliseconds
      line += " and \(share.fixed(2)) of its server's time"
    }
    if other.risk != risk {
      line += ", at a risk of \(risk.percent) instead of \(other.risk.percent)"
    }
    return line + "."
  }
}
