import CleaveConvert
import CleaveStorage

extension StageList {
  func exportStages() throws -> [BuildStage] {
    try (recipe.root["exports"]?.elements ?? []).map { node in
      let options = try RecipeDescription.export.canonical(node) { try files.contents(of: $0) }
      let of = node.text("of") ?? "model"
      let final = final
      let name = node.text("name") ?? ""
      return BuildStage(
        name: "export \(name)", options: options, reads: [of == "model" ? final : "partition"],
        isOptional: true
      ) { run in
        try FileSystem.createDirectory(run.output)
        let source =
          of == "model" ? run.artifact(final) : "\(run.inputs["partition"] ?? "")/\(of)"
        let target = "\(run.output)/\(name)"
        // What a killed export left would be taken for somebody's own.
        try FileSystem.removeTree(target)
        return try node.text("format") == "gguf"
          ? Self.gguf(node, source, target, run) : Self.huggingFace(node, source, target, run)
      }
    }
  }

  private static func gguf(
    _ node: RecipeNode, _ source: String, _ target: String, _ run: StageRun
  ) throws -> StageOutcome {
    var export = GGUFExport(source: source, target: target)
    export.exit = node.integer("exit")
    export.splitSize = node.bytes("split_size")
    export.force = true
    export.progress = { run.progress("export", $0, $1, .bytes) }
    let result = try export.run()
    return StageOutcome(
      facts: [
        "blocks": .integer(Int64(result.blocks)), "notes": .array(result.notes.map { .string($0) }),
      ])
  }

  private static func huggingFace(
    _ node: RecipeNode, _ source: String, _ target: String, _ run: StageRun
  ) throws -> StageOutcome {
    var export = HuggingFaceExport(source: source, target: target)
    export.exit = node.integer("exit")
    export.type =
      node.text("type").flatMap(HuggingFaceExport.FloatType.init(rawValue:)) ?? export.type
    export.force = true
    export.progress = { run.progress("export", $0, $1, .bytes) }
    let result = try export.run()
    return StageOutcome(
      facts: [
        "class": .string(result.modelClass), "blocks": .integer(Int64(result.blocks)),
        "notes": .array(result.notes.map { .string($0) }),
      ])
  }
}
