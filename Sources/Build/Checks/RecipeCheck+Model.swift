import CleaveCalibrate
import CleaveEvaluate
import CleaveExits
import CleaveModel
import CleaveStorage
import CleaveTrain

extension RecipeCheck {
  /// Checks that the model can have the exits, and can be cut there.
  func checkExits() throws {
    for node in recipe.section("exits").list("at") {
      guard let depth = node.scalar.flatMap(RecipeScalar.integer),
        let fault = model.configuration.cutFault(at: depth)
      else { continue }
      throw node.refuse(found: fault.found, expected: fault.refusal)
    }
    let placement = recipe.placement
    var records: [ExitRecord] = []
    try check("exits", at: "exits.body") {
      records = try placement.checkedRecords(
        threshold: recipe.threshold, addedTo: model, file: recipe.file)
    }
    guard !recipe.has("train") else {
      return try check("train", at: "exits.body") {
        try recipe.training(source: recipe.file, target: "", directory: "", store: nil)
          .check(on: model)
      }
    }
    try check("exits", at: recipe.section("exits")["init"] == nil ? "exits.body" : "exits.init") {
      let untrained = try UntrainedExits(
        records, recipe.tailStart ?? .last, model.configuration, file: recipe.file)
      var manifest = model
      manifest.exits = try untrained.records(feedback: placement.hasFeedback)
      try manifest.validateExits(file: recipe.file)
    }
  }

  /// Checks that the model's context has room for prompts with their answers, and that it has the chat template that
  /// is put around them.
  func checkRoom() throws {
    let context = model.configuration.contextLength
    if recipe.has("quality"), case let window = recipe.qualitySettings.windowLength,
      window > context
    {
      throw RecipeFault(recipe: recipe, stage: "quality").refuse(
        "quality.window_length", found: "\(window) tokens in a window",
        expected: "at most the \(context) of the model's context")
    }
    if recipe.has("evaluate") {
      try checkTemplate("evaluate")
      try check("evaluate", at: "evaluate.max_tokens") {
        _ = try recipe.evaluationSettings(.none).room(context: context, file: recipe.file)
      }
    }
    guard recipe.has("calibrate") else { return }
    if recipe.section("calibrate").flag("chat_template") ?? true { try checkTemplate("calibrate") }
    try check("calibrate", at: "calibrate.max_tokens") {
      try recipe.calibrationSettings().check(context: context, file: recipe.file)
    }
  }

  private func checkTemplate(_ section: String) throws {
    guard model.tokens.chatTemplate == nil else { return }
    throw RecipeFault(recipe: recipe, stage: section).refuse(
      section, found: "a model without a chat template",
      expected: section == "calibrate"
        ? "chat_template: false, which takes the prompts as they are"
        : "one, which is put around the prompts",
      advice: section == "calibrate" ? nil : "Leave \(section) out.")
  }
}
