#if Network
  /// Metrics in Prometheus' text format 0.0.4, each with its help and type.
  package struct MetricsText {
    package enum Kind: String {
      case counter, gauge
    }

    package private(set) var text = ""

    package init() {}

    /// Adds a metric with one value.
    package mutating func add(_ name: String, _ kind: Kind, _ help: String, _ value: some Numeric) {
      add(name, kind, help, [("", "\(value)")])
    }

    /// Adds a metric with a value for each set of labels.
    package mutating func add(
      _ name: String, _ kind: Kind, _ help: String, _ values: [(labels: String, value: String)]
    ) {
      text += "# HELP cleave_\(name) \(help)\n# TYPE cleave_\(name) \(kind.rawValue)\n"
      for (labels, value) in values { text += "cleave_\(name)\(labels) \(value)\n" }
    }
  }
#endif
