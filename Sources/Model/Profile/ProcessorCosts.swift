import CleaveStorage

/// The costs of a device with a certain number of threads.
enum ProcessorCosts: Sendable {
  case measured(ThreadCosts)
  case declared(DeclaredCosts)

  /// - Throws: `InputError` for threads that the profile says nothing of.
  init(_ profile: DeviceProfile, threads: Int) throws {
    func refuse(_ expected: String, advice: String?) -> InputError {
      InputError(
        file: profile.name, location: "threads", found: "\(threads)", expected: expected,
        advice: advice)
    }
    switch profile.costs {
    case .measured(let rows):
      guard let row = rows.first(where: { $0.threads == threads }) else {
        throw refuse(
          "one of \(rows.map { "\($0.threads)" }.joined(separator: ", ")), which were measured",
          advice: "Measure them: cleave profile --threads \(threads).")
      }
      self = .measured(row)
    case .declared(let costs):
      guard (1...profile.threads).contains(threads) else {
        throw refuse("from 1 to the profile's \(profile.threads)", advice: nil)
      }
      self = .declared(costs.scaled(by: Double(threads) / Double(profile.threads)))
    }
  }

  /// Whether it says what products of this type cost.
  func has(_ type: TensorType) -> Bool {
    switch self {
    case .measured(let costs): costs.products[type] != nil
    case .declared: true
    }
  }

  /// Seconds for each weight of a product with so many columns.
  ///
  /// - Parameter type: one that it has.
  func weight(_ type: TensorType, columns: Double) -> Double {
    switch self {
    case .measured(let costs):
      guard let table = costs.products[type] else { preconditionFailure("\(type) has no costs") }
      return table.seconds(columns: columns)
    case .declared(let costs): return costs.weight(type, columns: columns)
    }
  }

  /// Seconds for each query position and cached position of a block.
  func attention(query: Int, keyAndValue: Int) -> Double {
    switch self {
    case .measured(let costs): costs.attention * Double(query)
    case .declared(let costs): costs.attention(query: query, keyAndValue: keyAndValue)
    }
  }

  var value: Double {
    switch self {
    case .measured(let costs): costs.value
    case .declared(let costs): costs.value
    }
  }

  var logit: Double {
    switch self {
    case .measured(let costs): costs.logit
    case .declared(let costs): costs.value
    }
  }

  var block: Double {
    switch self {
    case .measured(let costs): costs.block
    case .declared(let costs): costs.block
    }
  }
}
