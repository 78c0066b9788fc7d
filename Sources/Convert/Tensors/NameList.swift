/// A list of names for error messages.
enum NameList {
  /// The first `limit` names, and the number of others.
  static func short(_ names: [String], limit: Int = 12) -> String {
    let shown = names.prefix(limit).joined(separator: ", ")
    return names.count > limit ? "\(shown), and \(names.count - limit) more" : shown
  }
}
