/// The values that a call gives to the parameters of a filter or of a method.
///
/// A parameter that nobody reads would change the text without a word, so only those that are read may be given.
struct TemplateArguments {
  private var values: [String: TemplateValue] = [:]

  /// - Parameters:
  ///   - parameters: the names of the parameters, in the order of arguments without a name.
  ///   - callee: the filter or the method, for errors.
  init(
    _ positional: [TemplateValue], _ named: [String: TemplateValue] = [:], parameters: [String],
    of callee: String, _ location: TemplateFault.Location
  ) throws {
    try Self.check(
      positional.count, named.keys.sorted(), parameters: parameters, of: callee, location)
    values = Dictionary(uniqueKeysWithValues: zip(parameters, positional))
    values.merge(named) { given, _ in given }
  }

  /// Refuses arguments without a parameter, and two for one.
  ///
  /// - Parameters:
  ///   - count: the number of arguments without a name.
  ///   - names: the names of the others.
  static func check(
    _ count: Int, _ names: [String], parameters: [String], of callee: String,
    _ location: TemplateFault.Location
  ) throws {
    guard count <= parameters.count else {
      throw TemplateFault(
        location, "\(count) arguments of \(callee)", expected: "at most \(parameters.count)")
    }
    var given = Set(parameters.prefix(count))
    for name in names {
      guard parameters.contains(name) else {
        throw TemplateFault(
          location, "the argument \(name) of \(callee)",
          expected: parameters.isEmpty ? "none" : "one of \(parameters.joined(separator: ", "))")
      }
      guard given.insert(name).inserted else {
        throw TemplateFault(
          location, "the argument \(name) of \(callee) twice", expected: "it once")
      }
    }
  }

  subscript(_ name: String) -> TemplateValue? { values[name] }

  /// An argument that Jinja leaves out where it is none.
  func given(_ name: String) -> TemplateValue? {
    if case .none? = values[name] { nil } else { values[name] }
  }

  /// A whole number; nil where it is not given.
  func whole(_ name: String, _ location: TemplateFault.Location) throws -> Int? {
    guard let value = given(name) else { return nil }
    guard let number = value.index else {
      throw TemplateFault(location, "\(value.kind) as \(name)", expected: "a whole number")
    }
    return number
  }

  /// A text; nil where it is not given.
  func text(_ name: String, _ location: TemplateFault.Location) throws -> String? {
    guard let value = given(name) else { return nil }
    guard case .string(let text) = value else {
      throw TemplateFault(location, "\(value.kind) as \(name)", expected: "a text")
    }
    return text
  }

  /// The path of `attribute`; nil where it is not given.
  func path(_ location: TemplateFault.Location) throws -> TemplatePath? {
    try given("attribute").map { try TemplatePath($0, location) }
  }

  /// Whether a flag is given and true.
  func flag(_ name: String) -> Bool { values[name]?.isTrue == true }
}
