import CleaveStorage

/// A value of a recipe with the place where it stands, so that whatever is wrong with it is reported there.
package struct RecipeNode: Sendable {
  /// The contents of a node.
  enum Value: Sendable {
    /// A text, a number or a word. A plain one has no quotes and may be a number.
    case scalar(String, isPlain: Bool)
    case list([RecipeNode])
    case section([Member])
  }

  /// A key of a section with its value.
  struct Member: Sendable {
    let key: String
    let mark: RecipeMark
    var value: RecipeNode
  }

  var value: Value
  let mark: RecipeMark
  /// The keys and indices that lead here, as in `train.prompts[0].file`; empty at the root.
  let path: String

  /// The member of that key, where this is a section that has one.
  subscript(key: String) -> RecipeNode? {
    guard case .section(let members) = value else { return nil }
    return members.first { $0.key == key }?.value
  }

  /// The value in words, for errors.
  var shown: String {
    switch value {
    case .scalar("", isPlain: true): "nothing"
    case .scalar(let text, isPlain: _): "\"\(text.prefix(80))\""
    case .list(let elements): "a list of \(elements.count)"
    case .section: "a section"
    }
  }

  func refuse(
    found: String? = nil, expected: String, advice: String? = nil
  ) -> InputError {
    mark.refuse(path, found: found ?? shown, expected: expected, advice: advice)
  }
}

/// A place in a recipe, or the option that a value came from.
package struct RecipeMark: Equatable, Sendable {
  /// The recipe's file, or the option.
  let file: String
  /// Line and column, counted from 1; 0 where an option gave the value.
  let line: Int
  let column: Int

  func refuse(
    _ path: String, found: String, expected: String, advice: String? = nil
  ) -> InputError {
    let place = line > 0 ? "line \(line), column \(column)" : ""
    let location = [place, path].filter { !$0.isEmpty }.joined(separator: ": ")
    return InputError(
      file: file, location: location, found: found.shown(limit: 400), expected: expected,
      advice: advice)
  }
}
