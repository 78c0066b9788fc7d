import CleaveBuild
import CleaveModel
import CleaveStorage
import TestSupport

/// A build of a tiny model, in a directory of its own.
struct BuildFixture {
  let scratch: Scratch

  init() throws {
    scratch = try Scratch()
    _ = try scratch.copy(directory: Golden.path("tiny-tied-bf16-sharded"), to: "checkpoint")
    for name in Scratch.entries(scratch("checkpoint")) where name.hasSuffix(".gguf") {
      try scratch.remove("checkpoint/\(name)")
    }
    for (name, first) in [("train", 0), ("calibrate", 100), ("check", 200)] {
      let lines = (first..<first + 24).map { "{\"text\":\"the \($0) small dogs and \($0 * 7)\"}\n" }
      try scratch.write(lines.joined(), to: "\(name).jsonl")
    }
    try scratch.write("The small dog\nOnce upon a time\n", to: "prompts.txt")
    try scratch.write(Self.text, to: "tiny.yaml")
  }

  static let text = """
    cleave: 1
    source: {checkpoint: checkpoint}
    exits: {at: [2, 4], body: "tail:1", replace: true}
    train:
      prompts: [{file: train.jsonl, field: text}]
      self_generate: 8
      longest: 64
      held_out_one_in: 4
      steps: 12
      batch_tokens: 64
      accumulation: 1
      evaluations: 2
      precision: float32
    evaluate: {prompts: [{file: check.jsonl, field: text, count: 2}], max_tokens: 4}
    calibrate:
      prompts: [{file: calibrate.jsonl, field: text, count: 8}]
      risk: 0.5
      delta: 0.5
      max_tokens: 4
    verify: {prompts: prompts.txt, held_out: [{file: check.jsonl, field: text, count: 2}], max_tokens: 3}
    exports:
      - {name: edge-hf, format: hf, of: model, exit: 2}

    """

  func recipe(_ set: String...) throws -> BuildRecipe {
    try BuildRecipe(
      file: scratch("tiny.yaml"), overrides: try set.map { try RecipeOverride(parsing: $0) })
  }

  /// A build with a cache of that name.
  func build(_ recipe: BuildRecipe, cache: String = "cache", threads: Int = 2) throws -> Build {
    var build = Build(recipe, cache: try BuildCache(scratch(cache)))
    build.threads = threads
    return build
  }

  /// Builds, and writes an output of that name and its lock.
  @discardableResult
  func make(
    _ output: String, _ recipe: BuildRecipe, cache: String = "cache", threads: Int = 2,
    change: (inout Build) -> Void = { _ in }
  ) async throws -> BuildResult {
    var build = try build(recipe, cache: cache, threads: threads)
    change(&build)
    let target = try BuildOutput(scratch(output), sources: [recipe.file])
    let result = try await build.run()
    try target.write(result, lock: scratch("\(output).lock"))
    return result
  }

  /// The lock of an output, which names the digests of all that was read and made.
  func lock(_ output: String) throws -> String {
    String(decoding: try readFile(scratch("\(output).lock")), as: UTF8.self)
  }
}
