import CleaveBuild
import CleaveStorage

extension FuzzTarget {
  /// A recipe in YAML and, behind NUL bytes, values of `--set`.
  static let recipe = FuzzTarget("recipe") { input in
    let parts = input.split(separator: 0, omittingEmptySubsequences: false)
    let overrides = try parts.dropFirst().prefix(8).map {
      try RecipeOverride(parsing: String(decoding: $0, as: UTF8.self))
    }
    try FuzzFiles.withFile(Array(parts[0])) { path in
      let recipe = try BuildRecipe(file: path, overrides: overrides, environment: ["HOME": "/root"])
      try require(!recipe.name.isEmpty, "a recipe has a name")
    }
  }
}
