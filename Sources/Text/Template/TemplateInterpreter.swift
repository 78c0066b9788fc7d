/// Renders the statements of a template as Jinja2's sandbox does.
struct TemplateInterpreter {
  typealias Location = TemplateFault.Location

  /// How a statement of a loop's body continues: with the next statement, the next iteration, or
  /// after the loop.
  enum Flow {
    case on, skip, stop
  }

  /// Variables by name in nested scopes, innermost last. Each iteration of a loop and each call of
  /// a macro has a scope of its own.
  private var frames: [[String: TemplateValue]]
  private var macros: [String: TemplateNode.Macro] = [:]
  private var namespaces: [TemplateDictionary] = []
  // No UnicodeScalarView: `append(contentsOf:)` of one goes over all that it has.
  private var output = ""
  private var outputBytes = 0
  private var steps = 0
  /// Where the last step was taken that has a location.
  private var place = Self.start
  private var depth = 0
  /// What was spent of `mostWork`.
  private var work = 0
  private let mostWork: Int
  /// The time for `strftime_now`.
  let clock: TemplateClock

  /// - Parameter inputBytes: bytes of the template and of the conversation.
  init(_ variables: [String: TemplateValue], clock: TemplateClock, inputBytes: Int) {
    frames = [variables]
    self.clock = clock
    mostWork = TemplateLimits.work + TemplateLimits.workForByte * inputBytes
  }

  mutating func render(_ nodes: [TemplateNode]) throws -> String {
    _ = try run(nodes)
    return output
  }

  // MARK: Limits

  /// Counts a node. Without a location it is that of the last one that had one.
  mutating func step(_ location: Location? = nil) throws {
    steps += 1
    if let location { place = location }
    guard steps <= TemplateLimits.steps else {
      throw TemplateFault(
        place, "a template that does not end",
        expected: "at most \(TemplateLimits.steps) steps")
    }
  }

  /// Runs `body` one level deeper.
  mutating func nested<Result>(
    _ location: Location, _ body: (inout Self) throws -> Result
  ) throws -> Result {
    guard depth < 2 * TemplateLimits.depth else {
      throw TemplateFault(
        location, "deeper nesting", expected: "at most \(2 * TemplateLimits.depth) levels")
    }
    depth += 1
    defer { depth -= 1 }
    return try body(&self)
  }

  /// Counts what an operation costs, in bytes of text.
  mutating func charge(_ cost: Int, _ location: Location) throws {
    let (sum, overflow) = work.addingReportingOverflow(cost)
    guard !overflow, sum <= mostWork else {
      throw TemplateFault(
        location, "a template that takes too long",
        expected: "operations that go over at most \(mostWork) bytes of text together")
    }
    work = sum
  }

  private mutating func write(_ text: String, _ location: Location) throws {
    outputBytes += text.utf8.count
    guard outputBytes <= TemplateLimits.bytes else {
      throw TemplateFault(
        location, "a text of \(outputBytes) bytes", expected: "at most \(TemplateLimits.bytes)")
    }
    output += text
  }

  // MARK: Statements

  private static let start = Location(line: 1, column: 1)

  private mutating func run(_ nodes: [TemplateNode]) throws -> Flow {
    for node in nodes {
      let flow = try run(node)
      if flow != .on { return flow }
    }
    return .on
  }

  private mutating func run(_ node: TemplateNode) throws -> Flow {
    switch node {
    case .text(let text):
      try step()
      try write(text, Self.start)
    case .output(let expression, let location):
      try step(location)
      let value = try evaluate(expression)
      try chargeText(of: value, location)
      try write(value.text, location)
    case .branch(let branches, let otherwise):
      try step()
      for (condition, body) in branches where try evaluate(condition).isTrue {
        return try nested(Self.start) { try $0.run(body) }
      }
      return try nested(Self.start) { try $0.run(otherwise) }
    case .loop(let loop): try run(loop)
    case .set(let target, let expression, let location):
      try step(location)
      try assign(try evaluate(expression), to: target, location)
    case .capture(let target, let body, let location):
      try step(location)
      try assign(.string(try captured(body, location)), to: target, location)
    case .macro(let macro):
      try step()
      macros[macro.name] = macro
      frames[frames.count - 1][macro.name] = .macro(macro.name)
    case .skip: return .skip
    case .stop: return .stop
    }
    return .on
  }

  /// The text that `body` writes, kept out of the output.
  private mutating func captured(_ body: [TemplateNode], _ location: Location) throws -> String {
    let before = output
    output = ""
    defer { output = before }
    _ = try nested(location) { try $0.run(body) }
    return output
  }

  private mutating func run(_ loop: TemplateNode.Loop) throws {
    let sequence = try evaluate(loop.sequence)
    try chargeIteration(sequence, loop.location)
    var elements = try elements(of: sequence, loop.location)
    if let filter = loop.filter {
      var kept: [TemplateValue] = []
      for element in elements {
        frames.append([:])
        defer { frames.removeLast() }
        try bind(loop.targets, to: element, loop.location)
        if try evaluate(filter).isTrue { kept.append(element) }
      }
      elements = kept
    }
    guard !elements.isEmpty else {
      _ = try nested(loop.location) { try $0.run(loop.otherwise) }
      return
    }
    for index in elements.indices {
      try step(loop.location)
      frames.append(["loop": .loop(.init(index: index, elements: elements))])
      defer { frames.removeLast() }
      try bind(loop.targets, to: elements[index], loop.location)
      if try nested(loop.location, { try $0.run(loop.body) }) == .stop { return }
    }
  }

  // MARK: Variables

  private mutating func bind(
    _ targets: [String], to value: TemplateValue, _ location: Location
  ) throws {
    guard targets.count > 1 else {
      frames[frames.count - 1][targets[0]] = value
      return
    }
    try chargeIteration(value, location)
    try charge(targets.count * TemplateLimits.workForValue, location)
    let elements = try elements(of: value, location)
    guard elements.count == targets.count else {
      throw TemplateFault(
        location, "\(elements.count) values", expected: "\(targets.count), one for each name")
    }
    for (name, element) in zip(targets, elements) { frames[frames.count - 1][name] = element }
  }

  private mutating func assign(
    _ value: TemplateValue, to target: TemplateNode.Target, _ location: Location
  ) throws {
    switch target {
    case .names(let names): try bind(names, to: value, location)
    case .attribute(let name, let attribute):
      guard case .namespace(let index) = lookUp(name) else {
        throw TemplateFault(location, "\(name), which is no namespace", expected: "a namespace")
      }
      try charge(passing: namespaces[index], location)
      namespaces[index][.string(attribute)] = value
    }
  }

  func lookUp(_ name: String) -> TemplateValue {
    for frame in frames.reversed() {
      if let value = frame[name] { return value }
    }
    return TemplateFunction(rawValue: name).map { .function($0) } ?? .undefined("'\(name)'")
  }

  mutating func makeNamespace(
    _ members: TemplateDictionary, _ location: Location
  ) throws -> TemplateValue {
    try charge((members.members.count + 2) * TemplateLimits.workForMember, location)
    namespaces.append(members)
    return .namespace(namespaces.count - 1)
  }

  /// The scopes that a name is looked for in.
  var scopeCount: Int { frames.count }

  func members(ofNamespace index: Int) -> TemplateDictionary { namespaces[index] }

  // MARK: Macros

  mutating func call(
    macro name: String, _ positional: [TemplateValue], _ named: [String: TemplateValue],
    _ location: Location
  ) throws -> TemplateValue {
    guard let macro = macros[name] else {
      throw TemplateFault(
        location, "the macro \"\(name)\"", expected: "a macro defined earlier in the template")
    }
    guard positional.count <= macro.parameters.count else {
      throw TemplateFault(
        location, "\(positional.count) arguments", expected: "at most \(macro.parameters.count)")
    }
    let parameters = Set(macro.parameters.map(\.name))
    if let stray = named.keys.sorted().first(where: { !parameters.contains($0) }) {
      throw TemplateFault(location, "the argument \"\(stray)\"", expected: "a parameter of \(name)")
    }
    // A macro sees the template's variables, not those of its caller.
    let outer = frames
    frames = [outer[0], [:]]
    defer { frames = outer }
    for (index, parameter) in macro.parameters.enumerated() {
      let value: TemplateValue
      if index < positional.count {
        value = positional[index]
      } else if let given = named[parameter.name] {
        value = given
      } else {
        value = try parameter.value.map { try evaluate($0) } ?? .undefined("'\(parameter.name)'")
      }
      frames[1][parameter.name] = value
    }
    return .string(try captured(macro.body, location))
  }
}
