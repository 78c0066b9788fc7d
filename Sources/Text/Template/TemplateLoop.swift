/// The variable `loop` inside a loop.
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
    // Loops are never recursive, so that the depth is always 1.
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
