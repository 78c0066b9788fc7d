import CleaveRuntime

extension Answer.Source {
  /// The name of the source in text for people.
  var label: String {
    switch self {
    case .exit(let depth): "exit \(depth)"
    case .middle(let depth): "middle \(depth)"
    case .cloud: "cloud"
    case .model: "model"
    }
  }

  /// The ANSI escape sequence of the source's colour: one of four for an exit, red for a
  /// tier between, yellow for the cloud, none for
  /// the whole model.
  func colour(exits: [Int]) -> String {
    switch self {
    case .exit(let depth):
      let colours = ["\u{1B}[32m", "\u{1B}[36m", "\u{1B}[34m", "\u{1B}[35m"]
      return colours[(exits.firstIndex(of: depth) ?? 0) % colours.count]
    case .middle: return "\u{1B}[31m"
    case .cloud: return "\u{1B}[33m"
    case .model: return ""
    }
  }
}
