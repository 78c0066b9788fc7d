import CleaveExits
import CleaveModel

extension BuildRecipe {
  /// The exits that the recipe asks for.
  var placement: ExitPlacement {
    let exits = section("exits")
    let standard: ExitBody = has("train") ? .tail(blocks: 2) : .norm
    let bodies = exits.list("body").compactMap { $0.scalar.flatMap { ExitBody(text: $0) } }
    var placement = ExitPlacement(
      depths: exits.list("at").compactMap { $0.scalar.flatMap(RecipeScalar.integer) },
      bodies: bodies.isEmpty ? [standard] : bodies,
      replacesBlocks: exits.flag("replace") ?? false)
    placement.hasFeedback = exits.flag("feedback") ?? false
    return placement
  }

  var threshold: Double { section("exits").number("threshold") ?? 0.9 }

  /// The blocks that tails begin as copies of; nil where they are chosen, or not said.
  var tailStart: TailStart? {
    let list = section("exits").list("init").compactMap(\.scalar)
    return list.isEmpty ? nil : TailStart(text: list.joined(separator: ","))
  }

  var searchesTails: Bool { section("exits").text("init") == "auto" }
}
