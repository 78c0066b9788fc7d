import CleaveBuild
import CleaveStorage

/// Recipes of the tests, and what is said of wrong ones.
enum Recipes {
  /// The smallest recipe.
  static let small = """
    cleave: 1
    source:
      checkpoint: model.gguf
    exits:
      at: [2, 4]

    """

  /// A recipe with every section.
  static let full = """
    cleave: 1
    name: full
    source: {checkpoint: model.gguf, sha256: \(String(repeating: "a", count: 64))}
    import: {context: 512, as: q8_0, chat_template: true}
    quantize: {recipe: q4_0, tensors: [value=Q8_0], effort: plain}
    quality: {text: text.txt, windows: 3, window_length: 256}
    exits: {at: [2, 4], body: ["affine+tail:1+affine", "affine+tail:1"], replace: true, feedback: true, init: last, vocabulary: 100}
    train:
      prompts:
        - {file: train.jsonl, field: text, count: 10, format: "Say: {text}"}
      self_generate: 16
      steps: 20
      exit_weights: [0.5, 1]
    evaluate: {prompts: [{file: check.jsonl, field: text}], feedback: [none, policy]}
    calibrate:
      prompts: [{file: calibrate.jsonl, field: text}]
      risk: 0.1
      loss: disagreement
    partition: {cloud_blocks: rest}
    verify: {held_out: [{file: check.jsonl, field: text}], max_tokens: 8}
    exports: [{name: model.gguf, format: gguf, of: model}, {name: cloud, format: hf, of: cloud}]

    """

  static func recipe(
    _ text: String, set: [String] = [], environment: [String: String] = [:]
  ) throws -> BuildRecipe {
    try BuildRecipe(
      text: text, file: "r.yaml", overrides: try set.map { try RecipeOverride(parsing: $0) },
      environment: environment)
  }

  /// What is said of a recipe; empty where nothing is wrong.
  static func fault(
    _ text: String, set: [String] = [], environment: [String: String] = [:]
  ) throws -> String {
    do {
      _ = try recipe(text, set: set, environment: environment)
      return ""
    } catch let error as InputError {
      return error.description
    }
  }
}
