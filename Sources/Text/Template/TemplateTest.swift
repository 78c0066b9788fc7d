/// The tests of Jinja2 that chat templates use.
enum TemplateTest: String, CaseIterable, Sendable {
  case defined, undefined, none, boolean, `true`, `false`, string, number, integer, float, mapping
  case iterable, sequence, callable, equalto, eq, sameas, ne, lt, le, gt, ge, `in`, odd, even
  case divisibleby, lower, upper

  /// Refuses arguments that it does not read.
  ///
  /// - Parameters:
  ///   - count: the number of arguments without a name.
  ///   - names: the names of the others.
  func check(_ count: Int, _ names: [String], _ location: TemplateFault.Location) throws {
    let reads = compares && self != .lower && self != .upper || self == .divisibleby ? 1 : 0
    guard names.isEmpty, count == reads else {
      throw TemplateFault(
        location, "\(count + names.count) arguments of the test \(rawValue)",
        expected: names.isEmpty ? "\(reads)" : "arguments without names")
    }
  }

  /// Whether it goes over the value.
  var compares: Bool {
    [.equalto, .eq, .sameas, .ne, .lt, .le, .gt, .ge, .in, .lower, .upper].contains(self)
  }
}

extension TemplateInterpreter {
  func apply(
    _ test: TemplateTest, to value: TemplateValue, _ arguments: [TemplateValue],
    _ location: Location
  ) throws -> Bool {
    func other() throws -> TemplateValue {
      guard let first = arguments.first else {
        throw TemplateFault(location, "the test \(test.rawValue) of nothing", expected: "a value")
      }
      return first
    }
    func whole(_ value: TemplateValue) throws -> Int {
      guard let number = value.index else {
        throw TemplateFault(
          location, "\(test.rawValue) of \(value.kind)", expected: "a whole number")
      }
      return number
    }
    switch test {
    case .defined: return value.kind != "undefined"
    case .undefined: return value.kind == "undefined"
    case .none: return value.kind == "None"
    case .boolean: return value.kind == "bool"
    case .true: if case .bool(true) = value { return true } else { return false }
    case .false: if case .bool(false) = value { return true } else { return false }
    case .string: return value.kind == "str"
    case .number: return value.number != nil
    case .integer: return value.kind == "int"
    case .float: return value.kind == "float"
    case .mapping: return value.kind == "dict"
    case .iterable: return ["str", "list", "tuple", "dict", "undefined"].contains(value.kind)
    case .sequence: return ["str", "list", "tuple", "dict", "undefined"].contains(value.kind)
    case .callable: return ["macro", "function", "undefined"].contains(value.kind)
    case .equalto, .eq: return value == (try other())
    case .sameas:
      let other = try other()
      return value.kind == other.kind && value == other
    case .ne: return value != (try other())
    case .lt: return try compare("<", value, try other(), location)
    case .le: return try compare("<=", value, try other(), location)
    case .gt: return try compare(">", value, try other(), location)
    case .ge: return try compare(">=", value, try other(), location)
    case .in: return try contains(try other(), value, location)
    case .odd: return try whole(value) % 2 != 0
    case .even: return try whole(value) % 2 == 0
    case .divisibleby:
      let divisor = try whole(try other())
      guard divisor != 0 else {
        throw TemplateFault(location, "a division by zero", expected: "another divisor")
      }
      return try whole(value).remainderReportingOverflow(dividingBy: divisor).partialValue == 0
    case .lower:
      return value.text.isSame(value.text.lowercasedByScalar)
        && !value.text.isSame(value.text.uppercasedByScalar)
    case .upper:
      return value.text.isSame(value.text.uppercasedByScalar)
        && !value.text.isSame(value.text.lowercasedByScalar)
    }
  }
}
