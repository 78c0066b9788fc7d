import CleaveEvaluate
import CleaveStorage

/// The stages of a recipe, in order, with the files that they read.
struct StageList {
  let recipe: BuildRecipe
  let files: BuildFiles
  private(set) var stages: [BuildStage] = []

  /// - Throws: `InputError` for a file that is not there, before any stage runs.
  init(_ recipe: BuildRecipe, _ files: BuildFiles) throws {
    self.recipe = recipe
    self.files = files
    stages = [try importStage()]
    if recipe.has("quantize") { stages.append(try quantizeStage()) }
    if recipe.has("quality") { stages.append(try qualityStage()) }
    if recipe.has("train") {
      stages += [try captureStage(), try trainStage()]
    } else {
      stages.append(try exitsStage())
    }
    stages += try evaluateStages()
    if recipe.has("calibrate") { stages.append(try calibrateStage()) }
    stages += [try partitionStage(), try verifyStage()]
    stages += try exportStages()
  }

  /// The stage that left the model before exits.
  var plain: String { recipe.has("quantize") ? "quantize" : "import" }
  /// The stage that left the model with exits.
  var exits: String { recipe.has("train") ? "train" : "exits" }
  /// The stage that left the model that is cut.
  var final: String { recipe.has("calibrate") ? "calibrate" : exits }

  /// The settings of a section, with the digests of the files that it names.
  func options(_ name: String, _ section: RecipeSection) throws -> JSON {
    guard let node = recipe.root[name] else { return .null }
    return try section.canonical(node) { try files.contents(of: $0) }
  }
}
