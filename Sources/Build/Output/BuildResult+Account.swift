import CleaveModel
import CleaveProvenance
import CleaveStorage

extension BuildResult {
  /// What the documents of the bundles say of the build.
  ///
  /// - Throws: `InputError` for a recipe that is gone, and for facts of an evaluation that say something else.
  func account() throws -> BuildAccount {
    BuildAccount(
      name: recipe.name, tool: "cleave", version: CleaveVersion.text,
      recipe: .init(
        key: "recipe", name: FileSystem.name(of: recipe.file),
        digest: try TextInput.digest(of: recipe.file)),
      overrides: recipe.overrides,
      inputs: inputs.map { .init(key: $0.key, name: $0.name, digest: $0.digest) },
      stages: stages.map { .init(name: $0.name, key: $0.entry.key, digest: $0.entry.digest) },
      exits: try exits.map {
        .init(
          place: $0.stage, depth: $0.depth, agreement: $0.agreement, coverage95: $0.coverage95,
          coverage90: $0.coverage90)
      },
      checks: checks.map { .init(name: $0.name, passed: $0.passed, detail: $0.detail) })
  }
}
