extension RecipeDescription {
  static let train = RecipeSection(
    name: "train", about: "What exits learn from, and how.", keys: data + steps + loss,
    atMostOne: [["steps", "epochs", "time_budget"], ["negatives", "full_vocabulary"]],
    atLeastOne: [["data", "prompts", "self_prompt"]],
    needs: [
      ("self_generate", ["prompts", "self_prompt"]),
      ("sampled_share", ["self_generate", "self_prompt"]),
      ("turns", ["self_generate", "self_prompt"]),
    ])

  private static let data: [RecipeSection.Key] = [
    .init(
      name: "data", type: .list(.text(.path), 1...64), about: "Text files to learn from."),
    .init(
      name: "prompts", type: .list(.section(prompts), 1...64), about: "Prompts to learn from."),
    .init(
      name: "exclude", type: .list(.section(texts), 1...64),
      about: "Prompts to leave out, because the model is measured on them."),
    .init(
      name: "self_prompt", type: .integer(1...(1 << 24)),
      about: "The model writes this many prompts of its own."),
    .init(
      name: "self_generate", type: .integer(1...(1 << 20)),
      about: "The model continues each prompt by at most this many tokens."),
    .init(
      name: "sampled_share", type: .number(.closed(0, 1)),
      about: "Share of the prompts that are continued with sampled tokens (default: 0)."),
    .init(
      name: "turns", type: .integer(1...1024), about: "Turns of a conversation (default: 1)."),
    .init(
      name: "longest", type: .integer(2...(1 << 24)),
      about: "The most tokens of a text (default: 384)."),
    .init(
      name: "held_out_one_in", type: .integer(2...(1 << 24)),
      about: "One text in this many is held out (default: 20)."),
    .init(
      name: "capture_limit", type: .text(.bytes),
      about: "The most disk space of the capture (default: 20G)."),
    .init(
      name: "teacher_tokens", type: .integer(1...4096),
      about: "Most probable tokens captured at each position (default: 32)."),
  ]

  private static let steps: [RecipeSection.Key] = [
    .init(
      name: "steps", type: .integer(1...10_000_000), about: "Number of steps of the optimizer."),
    .init(
      name: "epochs", type: .number(.above(0, 10_000)),
      about: "Number of times that every text is read (default: 4)."),
    .init(
      name: "time_budget", type: .text(.duration),
      about: "Trains as many steps as fit in this time: another machine makes other bytes of it."),
    .init(
      name: "threads", type: .integer(1...1024),
      about: "Threads of training, which decide its last bits (default: 2)."),
    .init(
      name: "batch_tokens", type: .integer(16...65536),
      about: "Tokens of a micro-batch (default: 1024)."),
    .init(
      name: "accumulation", type: .integer(1...1024), about: "Micro-batches of a step (default: 2)."
    ),
    .init(
      name: "evaluations", type: .integer(1...10_000),
      about: "Evaluations on held-out texts (default: 20)."),
    .init(
      name: "patience", type: .integer(0...10_000),
      about: "Evaluations without a better loss before training stops; 0 never stops (default: 6)."),
    .init(
      name: "precision", type: .choice(["bf16", "float32"]),
      about: "Type of matrix products (default: bf16 where the processor has it)."),
    .init(
      name: "store", type: .choice(["q8_0", "f16", "bf16", "f32"]),
      about: "Type of the trained matrices (default: q8_0)."),
    .init(
      name: "seed", type: .integer(0...Int.max), about: "Seed of order and samples (default: 1)."),
  ]

  private static let loss: [RecipeSection.Key] = [
    .init(
      name: "fit", type: .flag,
      about: "Begins with maps that least squares finds (default: where there are maps)."),
    .init(
      name: "rate", type: .number(.above(0, 1, includesUpper: false)),
      about: "The highest learning rate."),
    .init(
      name: "map_rate", type: .number(.closed(0, 1)),
      about: "Learning rate of maps, as a share of rate."),
    .init(
      name: "exit_weights", type: .list(.number(.above(0, 1000)), 1...64),
      about: "Weights of the exits' losses in rising depth."),
    .init(
      name: "answer_share", type: .number(.closed(0, 1)),
      about: "Weight of the model's most probable token in the loss."),
    .init(
      name: "focus", type: .number(.closed(0, 8)), about: "Power of (1 - probability) in the loss."),
    .init(
      name: "prompt_weight", type: .number(.closed(0, 1)), about: "Weight of positions in prompts."),
    .init(
      name: "state_weight", type: .number(.closed(0, 1000)),
      about: "Weight of smooth L1 between an exit's last hidden state and the model's (default: 0)."
    ),
    .init(
      name: "negatives", type: .integer(1...(1 << 24)),
      about: "Sampled tokens for the rest of the vocabulary (default: 2048)."),
    .init(
      name: "full_vocabulary", type: .flag, about: "The loss is over the whole vocabulary."),
  ]
}
