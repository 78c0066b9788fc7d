import CleaveRuntime

extension Answer.Source {
  /// As people read it.
  var label: String {
    switch self {
    case .exit(let depth): "exit \(depth)"
    case .cloud: "cloud"
    case .model: "model"
    }
  }

  /// ANSI colour: green shades for exits, the cloud yellow, the whole model plain.
  func colour(exits: [Int]) -> String {
    switch self {
    case .exit(let depth):
      let colours = ["\u{1B}[32m", "\u{1B}[36m", "\u{1B}[34m", "\u{1B}[35m"]
      return colours[(exits.firstIndex(of: depth) ?? 0) % colours.count]
    case .cloud: return "\u{1B}[33m"
    case .model: return ""
    }
  }
}
