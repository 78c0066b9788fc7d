import CleaveModel
import CleaveStorage

extension DeviceProfile {
  /// The profile for people: the products of each type, by threads.
  var text: String {
    var lines = ["\(processor), \(memoryBytes.formattedBytes) of memory"]
    if let power {
      lines[0] += ", \(power.idleWatts.fixed(1)) W idle and \(power.busyWatts.fixed(1)) W busy"
    }
    guard case .measured(let rows) = costs else { return lines[0] }
    for row in rows {
      lines.append("\nthreads \(row.threads): billions of weights x columns a second, by columns")
      lines.append(row.text)
    }
    return lines.joined(separator: "\n")
  }
}

extension ThreadCosts {
  fileprivate var text: String {
    let tables = TensorType.allCases.compactMap { type in products[type].map { (type, $0) } }
    let columns = tables.first?.1.columns ?? []
    return table(
      [["type"] + columns.map { "\($0)" } + ["spread"]]
        + tables.map { type, costs in
          [type.rawValue]
            + zip(costs.columns, costs.secondsPerWeight).map {
              (Double($0) / $1 / 1e9).fixed(2)
            } + [costs.spread?.percent ?? ""]
        })
  }
}
