/// What a machine can do, as far as the cost of running a model depends on it. specs/profile.md is its
/// specification.
package struct DeviceProfile: Sendable, Equatable {
  /// The source of the figures.
  package enum Origin: String, CaseIterable, Sendable {
    /// `cleave profile` measured them on the machine.
    case measured
    /// A person wrote them down, from a data sheet.
    case declared
  }

  /// The power that the machine draws, in watts.
  package struct Power: Sendable, Equatable {
    package var idleWatts: Double
    package var busyWatts: Double

    package init(idleWatts: Double, busyWatts: Double) {
      self.idleWatts = idleWatts
      self.busyWatts = busyWatts
    }
  }

  /// The seconds that computations take.
  package enum Costs: Sendable, Equatable {
    /// By number of threads, rising.
    case measured([ThreadCosts])
    case declared(DeclaredCosts)
  }

  package static let schema = "cleave.device_profile"
  package static let version = 1

  package var name: String
  package var processor: String
  /// Threads that the machine computes with when it uses all it has.
  package var threads: Int
  /// Memory that a model may use, in bytes.
  package var memoryBytes: Int
  /// Nil where the machine does not tell it.
  package var power: Power?
  package var costs: Costs

  package init(
    name: String, processor: String, threads: Int, memoryBytes: Int, power: Power? = nil,
    costs: Costs
  ) {
    self.name = name
    self.processor = processor
    self.threads = threads
    self.memoryBytes = memoryBytes
    self.power = power
    self.costs = costs
  }

  package var origin: Origin {
    switch costs {
    case .measured: .measured
    case .declared: .declared
    }
  }
}
