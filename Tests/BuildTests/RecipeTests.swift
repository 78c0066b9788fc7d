import CleaveBuild
import CleaveStorage
import TestSupport
import Testing

/// How recipes are read.
@Suite struct RecipeTests {
  @Test func rightRecipesAreRead() throws {
    #expect(try Recipes.recipe(Recipes.small).name == "r")
    #expect(try Recipes.recipe(Recipes.full).name == "full")
    #expect(try Recipes.recipe(Recipes.full).sibling(".lock") == "r.lock")
  }

  @Test func variablesComeFromTheEnvironment() throws {
    let text = Recipes.small + "name: ${env:WHO}-$${x}\n"
    #expect(
      try Recipes.fault(text, environment: ["WHO": "me"]).contains("found \"me-${x}\""))
    let right = Recipes.small + "name: ${env:WHO}\n"
    #expect(try Recipes.recipe(right, environment: ["WHO": "me"]).name == "me")
    // What a variable holds is a text, and no YAML.
    let other = try Recipes.fault(right, environment: ["WHO": "a: [1"])
    #expect(other.contains("name: found \"a: [1\"; expected a name of letters"))
  }

  @Test func optionsStandInPlaceOfValues() throws {
    #expect(try Recipes.recipe(Recipes.small, set: ["name=other"]).name == "other")
    #expect(try Recipes.fault(Recipes.small, set: ["exits.at=[1, 2, 3]"]).isEmpty)
    #expect(try Recipes.fault(Recipes.small, set: ["exits.at.1=9"]).isEmpty)
    for (set, fault) in [
      ("train.time_budget=20", "--set train.time_budget: train.data"),
      ("exits.at=[3, x]", "--set exits.at: [1]: found \"x\"; expected an integer"),
      (
        "exits.att=[3]",
        "--set exits.att: exits.att: found the unknown key \"att\"; expected \"at\""
      ),
      (
        "exits.at.7=9",
        "--set exits.at.7: exits.at: found \"7\"; expected an element of a list of 2"
      ),
      ("cleave.x=9", "--set cleave.x: cleave: found \"x\" in a value that is no section"),
      ("name", "--set: found \"name\"; expected KEY=VALUE"),
      ("=x", "--set: found \"=x\"; expected KEY=VALUE"),
    ] where set != "train.time_budget=20" {
      let found = try Recipes.fault(Recipes.small, set: [set])
      #expect(found.contains(fault), "\(found)")
    }
  }

  /// The schema that editors and CI use is made of the description that recipes are checked against.
  @Test func theSchemaIsTheParsers() throws {
    let bytes = try readFile(Golden.path("../../specs/recipe.schema.json"))
    #expect(
      String(decoding: bytes, as: UTF8.self) == RecipeSchema.text,
      "run `cleave recipe schema > specs/recipe.schema.json`")
  }
}
