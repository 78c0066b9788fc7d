import CleaveStorage

extension ThreadCosts {
  /// The most threads of a profile.
  static let most = 1024

  private static let members = [
    "threads", "products", "attention_seconds", "value_seconds", "logit_seconds", "block_seconds",
  ]

  /// Reads rows of rising numbers of threads.
  static func rows(_ node: JSONNode) throws -> [ThreadCosts] {
    let nodes = try node.elements()
    guard !nodes.isEmpty else {
      throw node.refuse(expected: "costs of a number of threads or more", found: "none")
    }
    var rows: [ThreadCosts] = []
    for node in nodes {
      let row = try ThreadCosts(node)
      if let last = rows.last, row.threads <= last.threads {
        throw try node.required("threads").refuse(
          expected: "rising numbers of threads, above \(last.threads)")
      }
      rows.append(row)
    }
    return rows
  }

  init(_ node: JSONNode) throws {
    try node.allow(only: Self.members)
    var products: [TensorType: ProductTable] = [:]
    for (name, table) in try node.required("products").members() {
      guard let type = TensorType(rawValue: name) else {
        throw table.refuse(
          expected: "one of \(TensorType.allCases.map(\.rawValue).joined(separator: ", "))",
          found: "the type \"\(name)\"")
      }
      products[type] = try ProductTable(table)
    }
    self.init(
      threads: try node.required("threads").int(in: 1...Self.most), products: products,
      attention: try node.required("attention_seconds").above0(),
      value: try node.required("value_seconds").above0(),
      logit: try node.required("logit_seconds").above0(),
      block: try node.required("block_seconds").atLeast0())
  }

  var json: JSON {
    let tables = TensorType.allCases.compactMap { type in
      products[type].map { (name: type.rawValue, value: $0.json) }
    }
    return [
      "threads": .integer(Int64(threads)), "products": .object(JSONObject(tables)),
      "attention_seconds": .real(attention), "value_seconds": .real(value),
      "logit_seconds": .real(logit), "block_seconds": .real(block),
    ]
  }
}

extension ProductTable {
  init(_ node: JSONNode) throws {
    try node.allow(only: ["columns", "seconds_per_weight", "spread"])
    let columns = try Self.columns(try node.required("columns"))
    let list = try node.required("seconds_per_weight")
    let nodes = try list.elements()
    guard nodes.count == columns.count else {
      throw list.refuse(
        expected: "one for each of \(columns.count) numbers of columns", found: "\(nodes.count)")
    }
    var seconds: [Double] = []
    for node in nodes {
      let value = try node.above0()
      if let last = seconds.last, value < last {
        throw node.refuse(expected: "at least \(last), the seconds of fewer columns")
      }
      seconds.append(value)
    }
    self.init(
      columns: columns, secondsPerWeight: seconds, spread: try node.optional("spread")?.atLeast0())
  }

  private static func columns(_ node: JSONNode) throws -> [Int] {
    let nodes = try node.elements()
    guard (1...64).contains(nodes.count) else {
      throw node.refuse(expected: "1 to 64 numbers of columns", found: "\(nodes.count)")
    }
    var columns: [Int] = []
    for node in nodes {
      let value = try node.int(in: 1...(1 << 20))
      guard columns.last.map({ value > $0 }) ?? (value == 1) else {
        throw node.refuse(expected: "numbers that rise from 1")
      }
      columns.append(value)
    }
    return columns
  }

  var json: JSON {
    var object = JSONObject([
      ("columns", .array(columns.map { .integer(Int64($0)) })),
      ("seconds_per_weight", .array(secondsPerWeight.map { .real($0) })),
    ])
    object["spread"] = spread.map { .real($0) }
    return .object(object)
  }
}
