import CleaveStorage

/// Puts what a stage says is wrong in the words of the recipe: the key with its line and column in place of a
/// setting, keys in place of the options of commands, and the names that artifacts have in the output in place of
/// paths in the cache.
struct RecipeFault {
  let recipe: BuildRecipe
  let stage: String
  /// The directory of the cache; nil before anything runs.
  var cache: String?
  /// Paths of the stage's inputs and outputs, with the names that they have in the output.
  var names: [(path: String, name: String)] = []

  /// Runs `body`, and names what is wrong by the recipe.
  static func naming<Result>(
    _ recipe: BuildRecipe, stage: String, _ body: () throws -> Result
  ) throws -> Result {
    do { return try body() } catch { throw RecipeFault(recipe: recipe, stage: stage).named(error) }
  }

  /// The error as the recipe's author can read it. Others than of settings and inputs are left alone.
  func named(_ error: any Error) -> any Error {
    switch error {
    case let error as SettingError:
      let key = RecipeKeys.key(of: error.setting, stage: stage) ?? section
      let value = error.value.isEmpty ? "" : "\(error.value), and "
      return refuse(
        key, found: value + error.found, expected: error.expected, advice: error.advice)
    case let error as InputError where isInCache(error.file):
      let place = ["stage \(stage)", name(of: error.file), error.location].filter { !$0.isEmpty }
      let mark = node(section).mark
      return mark.refuse(
        place.joined(separator: ": "), found: translated(error.found),
        expected: translated(error.expected), advice: advice(error.advice))
    case let error as InputError:
      return InputError(
        file: error.file, location: error.location, found: translated(error.found),
        expected: translated(error.expected), advice: advice(error.advice))
    default: return error
    }
  }

  /// The error of a value, at its key: where the recipe has it, or the section that it would be in.
  func refuse(_ key: String, found: String, expected: String, advice: String? = nil) -> InputError {
    node(key).mark.refuse(
      key, found: translated(found), expected: translated(expected), advice: self.advice(advice))
  }

  func refuse(_ key: String, _ error: InputError) -> InputError {
    refuse(key, found: error.found, expected: error.expected, advice: error.advice)
  }

  /// The section that the stage's settings come from.
  private var section: String { RecipeKeys.sections(of: stage).first ?? "" }

  /// The node of a key, or the innermost one around it that the recipe has.
  private func node(_ key: String) -> RecipeNode {
    if stage.hasPrefix("export "), let export = recipe.export(named: stage.dropFirst(7)) {
      return export
    }
    var node = recipe.root
    for part in key.split(separator: ".") {
      guard let inner = node[String(part)] else { break }
      node = inner
    }
    return node
  }

  private func isInCache(_ path: String) -> Bool { cache.map { path.hasPrefix("\($0)/") } ?? false }

  /// The name of an artifact that a path is in, with what follows; empty for other paths.
  private func name(of path: String) -> String {
    guard let known = names.first(where: { path == $0.path || path.hasPrefix("\($0.path)/") })
    else { return "" }
    return known.name + path.dropFirst(known.path.count)
  }

  private func translated(_ text: String) -> String {
    let named = names.reduce(text) { $0.replacing($1.path, with: $1.name) }
    return named.replacing(RecipeKeys.option) { match in
      RecipeKeys.key(ofOption: String(match.output), stage: stage) ?? String(match.output)
    }
  }

  /// The advice; nil where it names an option that a recipe has no key for.
  private func advice(_ text: String?) -> String? {
    guard let text, case let advice = translated(text), !advice.contains(RecipeKeys.option) else {
      return nil
    }
    return advice
  }
}

extension BuildRecipe {
  fileprivate func export(named name: Substring) -> RecipeNode? {
    root["exports"]?.elements.first { $0.text("name").map { $0 == name } ?? false }
  }
}
