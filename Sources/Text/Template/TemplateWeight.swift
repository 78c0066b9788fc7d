/// What is in a value, as if nothing in it were shared: a list that has another list a thousand times takes little memory,
/// and much to be written or compared.
struct TemplateWeight {
  /// The values in it, itself among them.
  private(set) var values = 0
  /// The bytes of its texts.
  private(set) var bytes = 0
  /// Whether it is within the limits. What is beyond them was not looked at.
  private(set) var isAllowed = true

  init(of value: TemplateValue) { add(value, depth: 0) }

  /// What an operation costs that goes over everything in it.
  var work: Int { values * TemplateLimits.workForValue + bytes }

  private mutating func add(_ value: TemplateValue, depth: Int) {
    values += 1
    guard isAllowed, depth <= TemplateLimits.depth, values <= TemplateLimits.elements else {
      isAllowed = false
      return
    }
    switch value {
    case .string(let text), .undefined(let text):
      bytes += text.utf8.count
      isAllowed = bytes <= TemplateLimits.bytes
    case .list(let elements, _): for element in elements { add(element, below: depth) }
    case .loop(let loop): for element in loop.elements { add(element, below: depth) }
    case .dictionary(let dictionary):
      for (key, value) in dictionary.members {
        add(key, below: depth)
        add(value, below: depth)
      }
    case .none, .bool, .integer, .real, .namespace, .macro, .function: break
    }
  }

  private mutating func add(_ value: TemplateValue, below depth: Int) {
    if isAllowed { add(value, depth: depth + 1) }
  }
}
