/// The rows that no other row beats in everything.
enum ParetoFront {
  /// - Returns: for each row whether it stands on the front.
  static func marks(_ rows: [PlanRow]) -> [Bool] {
    let values = rows.map(values)
    return values.indices.map { index in
      !values.indices.contains { other in
        other != index && beats(values[other], values[index])
          // The first of equals stands.
          || (other < index && values[other] == values[index])
      }
    }
  }

  /// What is to be small: time, the server's and the middle tier's time, bytes, memory and risk.
  private static func values(_ row: PlanRow) -> [Double] {
    [
      row.p50, row.cloudMilliseconds, row.middleMilliseconds ?? 0, row.bytesUp + row.bytesDown,
      Double(row.edgeBytes), row.risk,
    ]
  }

  private static func beats(_ first: [Double], _ second: [Double]) -> Bool {
    first != second && zip(first, second).allSatisfy(<=)
  }
}
