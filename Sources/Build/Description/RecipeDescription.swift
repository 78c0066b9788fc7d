/// The description of a recipe, key by key. specs/recipe.md says the same to people.
enum RecipeDescription {
  /// The newest version of the format, which is the only one.
  static let version = 1

  static let recipe = RecipeSection(
    name: "", about: "From a checkpoint to verified bundles: what `cleave build` does.",
    keys: [
      .init(
        name: "cleave", type: .integer(version...version), isRequired: true,
        about: "Version of the recipe's format."),
      .init(
        name: "name", type: .text(.name),
        about: "Name of the build (default: that of the recipe's file)."),
      .init(
        name: "source", type: .section(source), isRequired: true,
        about: "The checkpoint to begin with."),
      .init(name: "import", type: .section(importing), about: "How it becomes an artifact."),
      .init(name: "quantize", type: .section(quantize), about: "Rounds the weights to fewer bits."),
      .init(
        name: "quality", type: .section(quality),
        about: "Measures the whole model beside its source on a text."),
      .init(
        name: "exits", type: .section(exits), isRequired: true, about: "Early exits to attach."),
      .init(
        name: "train", type: .section(train),
        about: "Trains the exits; without it they stay untrained."),
      .init(
        name: "evaluate", type: .section(evaluate), about: "Measures exits before calibration."),
      .init(
        name: "calibrate", type: .section(calibrate),
        about:
          "Finds thresholds that keep a promise; without it they stay as exits.threshold has them."),
      .init(name: "partition", type: .section(partition), about: "How the model is cut in two."),
      .init(
        name: "verify", type: .section(verify),
        about: "Verifies the bundles (they are verified with default settings without it)."),
      .init(
        name: "exports", type: .list(.section(export), 0...64),
        about: "Files for other programs."),
      .init(
        name: "publish", type: .section(publish),
        about: "Pushes the bundles to a registry, when they are verified."),
    ])

  static let source = RecipeSection(
    name: "source", about: "The checkpoint to begin with.",
    keys: [
      .init(
        name: "checkpoint", type: .text(.path), isRequired: true,
        about: "GGUF file or Hugging Face directory."),
      .init(
        name: "sha256", type: .text(.sha256),
        about: "SHA-256 that the file must have; for a checkpoint of one file."),
    ])

  static let importing = RecipeSection(
    name: "import", about: "How the checkpoint becomes an artifact.",
    keys: [
      .init(
        name: "context", type: .integer(1...(1 << 30)),
        about: "Limits the context to this many tokens."),
      .init(
        name: "as", type: .choice(["q8_0", "f16", "bf16", "f32"]),
        about: "Type for quantized weights that no block type holds exactly."),
      .init(
        name: "chat_template", type: .flag,
        about: "false leaves out a chat template that cannot be run."),
    ])

  static let partition = RecipeSection(
    name: "partition", about: "How the model is cut in two.",
    keys: [
      .init(
        name: "cloud_blocks", type: .choice(["rest", "all"]),
        about: "Blocks of the cloud bundle: those after the first exit, or all.")
    ])

  static let verify = RecipeSection(
    name: "verify", about: "How the bundles are verified.",
    keys: [
      .init(
        name: "prompts", type: .text(.path),
        about: "Text file with one prompt on each line (default: built-in prompts)."),
      .init(
        name: "max_tokens", type: .integer(1...1_000_000),
        about: "Tokens to generate for each prompt (default: 64)."),
      .init(
        name: "held_out", type: .list(.section(prompts), 1...64),
        about: "Prompts on which the risk is measured and set beside the promise."),
      .init(
        name: "references", type: .text(.filled),
        about: "Field of the held-out prompts with right answers."),
    ], needs: [("references", ["held_out"])])

  static let export = RecipeSection(
    name: "exports", about: "A file or directory for other programs.",
    keys: [
      .init(
        name: "name", type: .text(.name), isRequired: true,
        about: "Name of the file or directory in the output's exports."),
      .init(
        name: "format", type: .choice(["gguf", "hf"]), isRequired: true,
        about: "A GGUF file for llama.cpp, or a directory for transformers."),
      .init(
        name: "of", type: .choice(["model", "edge", "cloud"]),
        about:
          "What is exported: the model with its exits (the default), or a bundle (cloud: hf only)."),
      .init(
        name: "exit", type: .integer(1...4096),
        about: "Depth of the exit at which the exported model ends."),
      .init(
        name: "type", type: .choice(["f32", "f16", "bf16"]),
        about: "Type that quantized matrices are converted to; hf only."),
      .init(
        name: "split_size", type: .text(.bytes), about: "Most bytes of a GGUF file."),
    ])

  static let publish = RecipeSection(
    name: "publish", about: "Where the bundles go when they are verified.",
    keys: [
      .init(
        name: "edge", type: .text(.reference), about: "REGISTRY/NAME:TAG of the edge bundle."),
      .init(
        name: "cloud", type: .text(.reference), about: "REGISTRY/NAME:TAG of the cloud bundle."),
    ])

  /// Prompts of a JSON-lines file.
  static let prompts = RecipeSection(
    name: "prompts", about: "Prompts of a JSON-lines file.",
    keys: [
      .init(name: "file", type: .text(.path), isRequired: true, about: "JSON-lines file."),
      .init(
        name: "field", type: .text(.filled), isRequired: true,
        about: "Field of each line with the text; dots lead into objects and lists."),
      .init(
        name: "count", type: .integer(1...(1 << 30)),
        about: "The most prompts to take, those with the smallest digests (default: all)."),
      .init(
        name: "format", type: .text(.filled),
        about: "Text around the prompt, with {FIELD} where it goes."),
    ])

  static let texts = RecipeSection(
    name: "exclude", about: "Texts in a field of a JSON-lines file.",
    keys: [
      .init(name: "file", type: .text(.path), isRequired: true, about: "JSON-lines file."),
      .init(
        name: "field", type: .text(.filled), isRequired: true, about: "Field with the text."),
    ])
}
