extension TemplateInterpreter {
  mutating func call(
    _ callee: TemplateExpression, _ arguments: TemplateExpression.Arguments, _ location: Location
  ) throws -> TemplateValue {
    if case .attribute(let object, let name, let at) = callee,
      let method = TemplateMethod(rawValue: name)
    {
      let value = try evaluate(object)
      let given = try self.arguments(arguments)
      try charge(method, value, given.positional, location)
      if case .undefined(let what) = value {
        throw TemplateFault(
          at, "\(what), which is undefined", expected: "a value with the method \(name)")
      }
      let result = try apply(method, to: value, given.positional, given.named, at)
      return method == .get ? result : try checked(result, location)
    }
    let value = try evaluate(callee)
    let given = try self.arguments(arguments)
    switch value {
    case .macro(let name): return try call(macro: name, given.positional, given.named, location)
    case .function(let function):
      return try checked(try apply(function, given.positional, given.named, location), location)
    default:
      throw TemplateFault(
        location, "a call of \(value.described)", expected: "a function, a method or a macro")
    }
  }
}
