import CleaveStorage

/// What is known of the build that made a bundle: what it read, what its stages left, and what they found out.
package struct BuildAccount: Sendable {
  /// A file that was read.
  package struct Input: Sendable {
    /// The recipe's key that names it, as `calibrate.prompts[0].file`.
    package let key: String
    package let name: String
    package let digest: FileDigest

    package init(key: String, name: String, digest: FileDigest) {
      (self.key, self.name, self.digest) = (key, name, digest)
    }

    /// Whether it is a part of the checkpoint, and not data.
    var isCheckpoint: Bool { key.hasPrefix("source.") }
  }

  /// A stage, with the key of all that decides its output and the digest of that.
  package struct Stage: Sendable {
    package let name: String
    package let key: String
    package let digest: String

    package init(name: String, key: String, digest: String) {
      (self.name, self.key, self.digest) = (name, key, digest)
    }
  }

  /// How often an exit says what the model says, on held-out prompts.
  package struct ExitFigure: Sendable {
    /// The evaluation, as `evaluate, feedback`.
    package let place: String
    package let depth: Int
    /// Shares of tokens.
    package let agreement: Double
    package let coverage95: Double?
    package let coverage90: Double?

    package init(
      place: String, depth: Int, agreement: Double, coverage95: Double?, coverage90: Double?
    ) {
      (self.place, self.depth, self.agreement) = (place, depth, agreement)
      (self.coverage95, self.coverage90) = (coverage95, coverage90)
    }
  }

  /// Something that was checked.
  package struct Check: Sendable {
    package let name: String
    /// Whether it holds; nil where it could not be checked.
    package let passed: Bool?
    package let detail: String

    package init(name: String, passed: Bool?, detail: String) {
      (self.name, self.passed, self.detail) = (name, passed, detail)
    }
  }

  /// The name of the build.
  package var name: String
  /// The name and version of the tool.
  package var tool: String
  package var version: String
  package var recipe: Input
  /// Values that stood in place of the recipe's, as `train.steps=100`.
  package var overrides: [String]
  package var inputs: [Input]
  package var stages: [Stage]
  package var exits: [ExitFigure]
  package var checks: [Check]
  /// The address of who built it, as SLSA has builders; nil for nobody in particular.
  package var builder: String?
  /// The date that documents bear, in seconds from 1970; nil for none, so that the same build has the same bytes.
  package var date: Int?

  package init(
    name: String, tool: String, version: String, recipe: Input, overrides: [String] = [],
    inputs: [Input], stages: [Stage], exits: [ExitFigure] = [], checks: [Check] = [],
    builder: String? = nil, date: Int? = nil
  ) {
    (self.name, self.tool, self.version) = (name, tool, version)
    (self.recipe, self.overrides) = (recipe, overrides)
    (self.inputs, self.stages, self.exits, self.checks) = (inputs, stages, exits, checks)
    (self.builder, self.date) = (builder, date)
  }
}
