import CleaveConvert
import CleaveStorage
import TestSupport
import Testing

/// The rows of docs/supported-models.md that are written by hand name the families that there are.
@Suite struct SupportedModelsPageTests {
  @Test func everyFamilyHasARowAndEveryRowAFamily() throws {
    let page = String(decoding: try Golden.bytes("../../docs/supported-models.md"), as: UTF8.self)
    let section = try #require(page.split(separator: "\n## Families\n").last)
    let byHand = try #require(section.split(separator: "<!-- tests: families -->").first)
    let rows = byHand.matches(of: /\n\| `([\w.-]+)`/).map { String($0.output.1) }
    let families = SupportedFamilies.text.split(separator: ", ").map(String.init)
    #expect(rows.sorted() == families.sorted())
  }

  /// The models that tests run on are of all families, so that each has a row that tests fill.
  @Test func everyFamilyHasAModel() throws {
    let models = try TinyModel.families.map {
      try FileSystem.readJSON(Golden.path("\($0.checkpoint)/config.json"))
        .required("model_type").string()
    }
    let families = SupportedFamilies.text.split(separator: ", ").map(String.init)
    #expect(Set(models) == Set(families))
  }
}
