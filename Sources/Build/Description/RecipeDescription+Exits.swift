import CleaveModel

extension RecipeDescription {
  static let exits = RecipeSection(
    name: "exits", about: "Early exits to attach.",
    keys: [
      .init(
        name: "at", type: .list(.integer(1...4095), 1...64), isRequired: true,
        about: "Exit depths in rising order: the number of blocks before each exit."),
      .init(
        name: "body",
        type: .oneOrMore(
          .text(body), "an exit's body, or a list with one for each exit: \(ExitBody.forms)"),
        about:
          "Body of the exits, one for all or one for each (default: tail:2 trained, else norm)."),
      .init(
        name: "replace", type: .flag,
        about:
          "Every exit after the first reads the exit before it, in place of blocks of the model."),
      .init(
        name: "feedback", type: .flag,
        about: "The first exit's tail gets the model's hidden states back from the cloud."),
      .init(
        name: "init",
        type: .either(
          [
            .choice(["last", "next", "auto"]), .integer(0...4095),
            .list(.integer(0...4095), 1...64),
          ],
          "last, next, auto, a block of the model, or a list of blocks"),
        about: "Blocks of the model that tails begin as copies of."),
      .init(
        name: "threshold", type: .number(.closed(0, 1000)),
        about: "Confidence from which exits answer until they are calibrated (default: 0.9)."),
      .init(
        name: "vocabulary", type: .integer(1...(1 << 30)),
        about: "Number of tokens that exits can answer with (default: all); needs train."),
    ])

  private static let body = RecipeForm(
    pattern: "norm|mlp|affine(:[1-9][0-9]{0,5})?"
      + "|(affine(:[1-9][0-9]{0,5})?\\+)?tail:[1-9][0-9]{0,3}(\\+affine(:[1-9][0-9]{0,5})?)?",
    expected: ExitBody.forms)

  static let evaluate = RecipeSection(
    name: "evaluate", about: "Measures how well the exits predict the model's answers.",
    keys: [
      .init(
        name: "prompts", type: .list(.section(prompts), 1...64), isRequired: true,
        about: "Prompts that the model answers."),
      .init(
        name: "max_tokens", type: .integer(1...1_000_000),
        about: "The most tokens of an answer (default: 128)."),
      .init(
        name: "feedback", type: .list(.choice(["none", "policy"]), 1...2),
        about: "Measured once for each: where the cloud's states come back (default: none)."),
    ])

  static let calibrate = RecipeSection(
    name: "calibrate", about: "The promise, and the prompts that it is made on.",
    keys: [
      .init(
        name: "prompts", type: .list(.section(prompts), 1...64), isRequired: true,
        about: "Prompts to calibrate on."),
      .init(
        name: "tuning", type: .list(.section(prompts), 1...64),
        about: "Prompts to tune on, instead of a share of prompts."),
      .init(
        name: "tuning_share", type: .number(.above(0, 1, includesUpper: false)),
        about: "Share of the prompts to tune on (default: 0.25)."),
      .init(
        name: "references", type: .text(.filled), about: "Field with the right answers."),
      .init(
        name: "risk", type: .number(probability), about: "The promised bound (default: 0.05)."),
      .init(
        name: "delta", type: .number(probability),
        about: "The allowed probability that the promise fails (default: 0.05)."),
      .init(
        name: "standalone_risk", type: .number(probability),
        about: "Promises this risk for the edge alone too."),
      .init(
        name: "loss", type: .text(loss), about: "Loss of a text (default: disagreement)."),
      .init(
        name: "procedure",
        type: .choice(CalibrationPromise.Procedure.allCases.map(\.rawValue)),
        about: "Statistical test of the promise."),
      .init(
        name: "signal", type: .choice(ExitRecord.Signal.allCases.map(\.rawValue)),
        about: "Confidence signal (default: the best on the tuning prompts)."),
      .init(
        name: "max_tokens", type: .integer(1...(1 << 24)),
        about: "The most tokens of an answer (default: 64)."),
      .init(
        name: "max_prompt_tokens", type: .integer(1...(1 << 24)),
        about: "The most tokens of a prompt (default: 384)."),
      .init(
        name: "chat_template", type: .flag, about: "false takes the prompts as they are."),
      .init(
        name: "seed", type: .integer(0...Int.max),
        about: "Seed of the split of prompts (default: 0)."),
    ], atMostOne: [["tuning", "tuning_share"]])

  private static let probability = RecipeRange.closed(1e-6, 1 - 1e-6)

  private static let loss = RecipeForm(
    pattern:
      "disagreement|mismatch|rouge|reference-rouge|rouge-drop|accuracy-drop|command:"
      + RecipeForm.filledPattern,
    expected:
      "disagreement, mismatch, rouge, reference-rouge, rouge-drop, accuracy-drop or command:PROGRAM",
    filledAfter: "command:")
}
