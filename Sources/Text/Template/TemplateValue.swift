/// A value of a template, with the semantics of the Python type it stands for.
indirect enum TemplateValue: Sendable {
  /// The value of a name that is not set; the string describes it in errors.
  case undefined(String)
  case none
  case bool(Bool)
  case integer(Int)
  case real(Double)
  case string(String)
  case list([TemplateValue], isTuple: Bool)
  case dictionary(TemplateDictionary)
  /// An object whose attributes can be set inside loops, as an index into the interpreter's list of
  /// namespaces.
  case namespace(Int)
  case macro(String)
  case function(TemplateFunction)
  case loop(TemplateLoop)

  static func list(_ elements: [TemplateValue]) -> TemplateValue { .list(elements, isTuple: false) }

  var isTrue: Bool {
    switch self {
    case .undefined, .none: false
    case .bool(let flag): flag
    case .integer(let number): number != 0
    case .real(let number): number != 0
    case .string(let text): !text.isEmpty
    case .list(let elements, _): !elements.isEmpty
    case .dictionary(let members): !members.members.isEmpty
    case .namespace, .macro, .function, .loop: true
    }
  }

  /// The name of the value's type in Python.
  var kind: String {
    switch self {
    case .undefined: "undefined"
    case .none: "None"
    case .bool: "bool"
    case .integer: "int"
    case .real: "float"
    case .string: "str"
    case .list(_, let isTuple): isTuple ? "tuple" : "list"
    case .dictionary: "dict"
    case .namespace: "namespace"
    case .macro: "macro"
    case .function: "function"
    case .loop: "loop"
    }
  }

  /// The value as a whole number; booleans are 0 and 1. Nil for other types.
  var index: Int? {
    switch self {
    case .bool(let flag): flag ? 1 : 0
    case .integer(let number): number
    default: nil
    }
  }

  /// The type of the value for error messages, or what is undefined.
  var described: String {
    if case .undefined(let what) = self { return "\(what), which is undefined" }
    return kind
  }
}
