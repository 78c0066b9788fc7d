/// A list of names for error messages.
enum NameList {
  /// The first `limit` names, and the number of others.
  static func short(_ names: [String], limit: Int = 12) -> String {
    let shown = names.prefix(limit).joined(separator: ", ")
    return names.count > limit ? "\(shown), and \(names.count - limit) more" : shown
  }

  /// The parts of a model that hold the tensors, with the number of tensors in each.
  static func parts(of tensors: [String]) -> String {
    let parts = tensors.map { name in
      let names = name.split(separator: ".")
      return String((names.first == "model" ? names.dropFirst().first : names.first) ?? "")
    }
    return Dictionary(grouping: parts, by: \.self).sorted { $0.key < $1.key }
      .map { "\($0.value.count) tensors of \($0.key)" }.joined(separator: ", ")
  }
}
