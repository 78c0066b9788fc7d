import CleaveConvert
import CleaveExits
import CleaveModel
import CleaveQuantize
import CleaveStorage

/// The stages that make models with exits.
extension StageList {
  func importStage() throws -> BuildStage {
    let recipe = recipe
    let options: JSON = [
      "source": try options("source", RecipeDescription.source),
      "import": try options("import", RecipeDescription.importing),
    ]
    return BuildStage(name: "import", options: options, reads: []) { run in
      try FileSystem.createDirectory(run.output)
      let section = recipe.section("import")
      var importer = Importer(
        source: recipe.path(recipe.source.text("checkpoint") ?? ""),
        target: "\(run.output)/\(BuildNames.artifact)")
      importer.contextLength = section.integer("context")
      importer.quantizedType = section.text("as")
      importer.keepsTemplate = section.flag("chat_template") ?? true
      importer.force = true
      importer.progress = { run.progress("import", $0, $1, .bytes) }
      return StageOutcome(facts: try importer.run().facts)
    }
  }

  func quantizeStage() throws -> BuildStage {
    let settings = try recipe.quantizationSettings()
    return BuildStage(
      name: "quantize", options: try options("quantize", RecipeDescription.quantize),
      reads: ["import"]
    ) { run in
      try FileSystem.createDirectory(run.output)
      var quantizer = Quantizer(
        source: run.artifact("import"), target: "\(run.output)/\(BuildNames.artifact)",
        settings: settings)
      quantizer.force = true
      quantizer.namesInGGUF = { GGUFNames.matrices(of: $0) }
      quantizer.threads = run.threads
      quantizer.progress = {
        run.progress("\($0)", $1, $2, $0 == .rounding ? .bytes : .items("parts"))
      }
      return StageOutcome(facts: try quantizer.run().0.facts)
    }
  }

  /// Exits that are not trained.
  func exitsStage() throws -> BuildStage {
    let (recipe, plain) = (recipe, plain)
    return BuildStage(
      name: "exits", options: try options("exits", RecipeDescription.exits), reads: [plain]
    ) { run in
      try FileSystem.createDirectory(run.output)
      var attachment = ExitAttachment(
        source: run.artifact(plain), target: "\(run.output)/\(BuildNames.artifact)",
        placement: recipe.placement, threshold: recipe.threshold)
      attachment.tailStart = recipe.tailStart ?? .last
      attachment.force = true
      return StageOutcome(facts: try attachment.run().facts)
    }
  }
}

extension Manifest {
  /// What a build's reports say of a model.
  var facts: JSON {
    [
      "model_id": .string(modelID), "blocks": .integer(Int64(blocks.count)),
      "exits": .array(exits.map { .integer(Int64($0.depth)) }),
      "bytes": .integer(Int64(totalBytes)),
    ]
  }
}
