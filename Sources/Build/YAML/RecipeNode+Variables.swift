import CleaveStorage

/// Variables: `${env:NAME}` in a value stands for that variable of the environment, `$${` for `${`.
extension RecipeNode {
  /// The tree with its variables replaced. What a variable holds is text: it is not read as YAML.
  ///
  /// - Throws: `InputError` for a variable that is not set, and for anything else in `${}`.
  func resolved(_ environment: [String: String]) throws -> RecipeNode {
    var node = self
    switch value {
    case .scalar(let text, let isPlain):
      node.value = .scalar(try substitute(text, environment), isPlain: isPlain)
    case .list(let elements): node.value = .list(try elements.map { try $0.resolved(environment) })
    case .section(let members):
      node.value = .section(
        try members.map {
          Member(key: $0.key, mark: $0.mark, value: try $0.value.resolved(environment))
        })
    }
    return node
  }

  private func substitute(_ text: String, _ environment: [String: String]) throws -> String {
    var result = ""
    var rest = text[...]
    while let dollar = rest.firstIndex(of: "$") {
      result += rest[..<dollar]
      rest = rest[dollar...]
      if rest.hasPrefix("$${") {
        result += "${"
        rest = rest.dropFirst(3)
      } else if rest.hasPrefix("${") {
        guard let end = rest.firstIndex(of: "}") else {
          throw refuse(found: "\"\(rest.prefix(80))\"", expected: "${env:NAME}")
        }
        result += try variable(rest[rest.index(rest.startIndex, offsetBy: 2)..<end], environment)
        rest = rest[rest.index(after: end)...]
      } else {
        result += "$"
        rest = rest.dropFirst()
      }
    }
    return result + rest
  }

  private func variable(_ text: Substring, _ environment: [String: String]) throws -> String {
    guard text.hasPrefix("env:"), text.count > 4 else {
      throw refuse(
        found: "${\(text.prefix(80))}", expected: "${env:NAME}",
        advice: "Write $${ for the characters ${ themselves.")
    }
    let name = String(text.dropFirst(4))
    guard let value = environment[name] else {
      throw refuse(
        found: "${env:\(name.prefix(80))}, which is not set",
        expected: "a variable of the environment")
    }
    return value
  }
}
