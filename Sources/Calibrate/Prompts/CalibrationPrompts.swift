import CleaveEvaluate
import CleaveModel
import CleavePrompts
import CleaveStorage

/// The prompts of some sources, each once.
struct CalibrationPrompts {
  let prompts: [Recording.Prompt]
  let sources: [CalibrationEvidence.Source]

  init(
    _ given: [PromptSource], _ artifact: Artifact, _ settings: CalibrationSettings
  ) throws {
    var wanted = PromptSet.Settings(longest: settings.longestPrompt)
    wanted.sources = given
    wanted.limit = settings.limit
    wanted.excluded = settings.excluded
    wanted.usesChatTemplate = settings.usesChatTemplate
    wanted.references = settings.references
    // Hashed before hours of running in which a file may change.
    let digests = try given.map { try TextInput.digest(of: $0.source.path).sha256 }
    let set = try PromptSet(wanted, artifact, tokenizer: try artifact.tokenizer())
    // Texts that were cut to the same tokens are one prompt: they must not be on both sides.
    var asked: Set<[Int]> = []
    prompts = set.prompts.filter { asked.insert($0.tokens).inserted }.map {
      .init(tokens: $0.tokens, text: $0.text, references: $0.references, digest: $0.digest)
    }
    sources = zip(given, zip(digests, set.counts)).map { source, found in
      .init(
        name: FileSystem.name(of: source.source.path), field: source.source.field,
        format: source.format("{\(source.source.field)}"), sha256: found.0, prompts: found.1)
    }
  }
}
