/// A value of a template: Python's, as far as templates know them.
indirect enum TemplateValue: Sendable {
  /// Nothing was set under the name.
  case undefined(String)
  case none
  case bool(Bool)
  case integer(Int)
  case real(Double)
  case string(String)
  case list([TemplateValue], isTuple: Bool)
  case dictionary(TemplateDictionary)
  /// Where attributes can be set from inside loops: which of those that the rendering made.
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

  /// The type, as Python calls it.
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
}

/// In the order in which members were added.
struct TemplateDictionary: Sendable {
  var members: [(key: TemplateValue, value: TemplateValue)] = []

  subscript(key: TemplateValue) -> TemplateValue? {
    get { members.first { $0.key == key }?.value }
    set {
      if let index = members.firstIndex(where: { $0.key == key }) {
        if let newValue { members[index].value = newValue } else { members.remove(at: index) }
      } else if let newValue {
        members.append((key, newValue))
      }
    }
  }
}

/// `loop` inside a loop.
struct TemplateLoop: Sendable {
  var index: Int
  var elements: [TemplateValue]

  subscript(name: String) -> TemplateValue? {
    let count = elements.count
    return switch name {
    case "index": .integer(index + 1)
    case "index0": .integer(index)
    case "revindex": .integer(count - index)
    case "revindex0": .integer(count - index - 1)
    case "first": .bool(index == 0)
    case "last": .bool(index == count - 1)
    case "length": .integer(count)
    // Of recursive loops, which there are none of.
    case "depth": .integer(1)
    case "depth0": .integer(0)
    case "previtem":
      index > 0 ? elements[index - 1] : .undefined("there is no previous item")
    case "nextitem":
      index + 1 < count ? elements[index + 1] : .undefined("there is no next item")
    default: nil
    }
  }
}

// MARK: - Equality and order

extension TemplateValue: Equatable {
  /// Python's ==: numbers and booleans by value, texts by their characters and not by what Unicode calls
  /// equivalent.
  static func == (left: Self, right: Self) -> Bool {
    if let one = left.number, let other = right.number { return one == other }
    switch (left, right) {
    case (.undefined, .undefined), (.none, .none): return true
    case (.string(let one), .string(let other)): return one.isSame(other)
    case (.list(let one, let isTuple), .list(let other, let isOtherTuple)):
      return isTuple == isOtherTuple && one == other
    case (.dictionary(let one), .dictionary(let other)):
      return one.members.count == other.members.count
        && one.members.allSatisfy { other[$0.key] == $0.value }
    case (.namespace(let one), .namespace(let other)): return one == other
    case (.macro(let one), .macro(let other)): return one == other
    default: return false
    }
  }

  var number: Double? {
    switch self {
    case .bool(let flag): flag ? 1 : 0
    case .integer(let number): Double(number)
    case .real(let number): number
    default: nil
    }
  }

  /// Whether it comes before another; nil where Python refuses to say.
  func precedes(_ other: TemplateValue) -> Bool? {
    switch (self, other) {
    case (.string(let one), .string(let other)):
      return one.unicodeScalars.lexicographicallyPrecedes(other.unicodeScalars)
    case (.list(let one, _), .list(let other, _)):
      for (a, b) in zip(one, other) where a != b { return a.precedes(b) }
      return one.count < other.count
    default:
      guard let one = number, let other = other.number else { return nil }
      return one < other
    }
  }
}
