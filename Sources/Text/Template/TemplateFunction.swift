/// The functions that transformers provides to templates.
enum TemplateFunction: String, CaseIterable, Sendable {
  case range, namespace, dict
  case raise = "raise_exception"
  case now = "strftime_now"
}

extension TemplateInterpreter {
  mutating func apply(
    _ function: TemplateFunction, _ positional: [TemplateValue], _ named: [String: TemplateValue],
    _ location: Location
  ) throws -> TemplateValue {
    let takesNames = [.namespace, .dict].contains(function)
    let most = function == .range ? 3 : 1
    guard takesNames || named.isEmpty, positional.count <= most else {
      throw TemplateFault(
        location, "\(positional.count + named.count) arguments of \(function.rawValue)",
        expected: takesNames ? "at most 1 without a name" : "at most \(most), without names")
    }
    switch function {
    case .range: return try range(positional, location)
    case .namespace, .dict:
      var members = TemplateDictionary()
      if case .dictionary(let given)? = positional.first { members = given }
      let most = (members.members.count + named.count).multipliedReportingOverflow(
        by: named.count + 1)
      try charge(most.overflow ? .max : most.partialValue, location)
      for (name, value) in named.sorted(by: { $0.key < $1.key }) {
        members[.string(name)] = value
      }
      return function == .dict ? .dictionary(members) : try makeNamespace(members, location)
    case .raise:
      throw TemplateFault(
        location, "a conversation that the template rejects: \(positional.first?.text ?? "")",
        expected: "messages that the template accepts")
    case .now:
      guard case .string(let format)? = positional.first else {
        throw TemplateFault(location, "no format", expected: "a text as in %d %b %Y")
      }
      return .string(try clock.text(format, location))
    }
  }

  private func range(_ arguments: [TemplateValue], _ location: Location) throws -> TemplateValue {
    let numbers = arguments.compactMap(\.index)
    guard numbers.count == arguments.count, (1...3).contains(numbers.count) else {
      throw TemplateFault(
        location, "range of \(arguments.map(\.kind))", expected: "one to three whole numbers")
    }
    let (start, end) = numbers.count == 1 ? (0, numbers[0]) : (numbers[0], numbers[1])
    let step = numbers.count == 3 ? numbers[2] : 1
    guard step != 0 else { throw TemplateFault(location, "a step of 0", expected: "another step") }
    let span = Double(end) - Double(start)
    guard span / Double(step) <= Double(TemplateLimits.elements) else {
      throw TemplateFault(
        location, "a longer range", expected: "at most \(TemplateLimits.elements) elements")
    }
    return .list(stride(from: start, to: end, by: step).map { .integer($0) })
  }
}
