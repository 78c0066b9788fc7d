import CleaveModel
import CleaveStorage

/// Checks a recipe against the checkpoint and the prompts that it names, before any stage runs: what would otherwise
/// be refused hours later, by the stage that it concerns.
struct RecipeCheck {
  let recipe: BuildRecipe
  /// What the checkpoint's headers say of the model.
  let model: Manifest

  /// - Throws: `InputError` at the recipe's line, or for a file of prompts that cannot be used.
  func run() throws {
    try checkExits()
    try checkRoom()
    try checkPrompts()
  }

  /// Runs a check of a stage. What is wrong is said at a key of the recipe, or at that of the setting that is wrong.
  func check(_ stage: String, at key: String, _ body: () throws -> Void) throws {
    let fault = RecipeFault(recipe: recipe, stage: stage)
    do { try body() } catch let error as InputError { throw fault.refuse(key, error) } catch {
      throw fault.named(error)
    }
  }
}
