import CleaveStorage

extension Manifest {
  /// Reads a manifest and checks that it says everything an artifact of its role must hold.
  package init(_ node: JSONNode) throws {
    let schemaNode = try node.required("schema")
    guard try schemaNode.string() == Self.schema else {
      throw schemaNode.refuse(expected: "\"\(Self.schema)\"")
    }
    let versionNode = try node.required("version")
    guard try versionNode.int() == Self.version else {
      throw versionNode.refuse(
        expected: "version \(Self.version)", advice: "Use the cleave that wrote it.")
    }
    role = try node.required("role").oneOf(Role.self)
    modelID = try node.required("model_id").sha256()
    configuration = try ModelConfiguration(try node.required("configuration"))
    tokens = try SpecialTokens(try node.required("tokens"), configuration)
    blocks = try Self.blocks(try node.required("blocks"), configuration)
    exits = try node.required("exits").elements().map(ExitRecord.init)
    exitVocabulary = try node.optional("exit_vocabulary").map(ExitVocabularyRecord.init)
    calibration = try node.optional("calibration").map(CalibrationRecord.init)
    provenance = try node.required("provenance").elements().map(ProvenanceStep.init)
    files = try node.required("files").elements().map(FileRecord.init)
    try validate(file: node.file)
    // Manifests of before say nothing of it.
    if let stated = try node.optional("kv_cache"),
      stated.value.text(pretty: false) != kvBytes.json.text(pretty: false)
    {
      throw stated.refuse(
        expected: "\(kvBytes.json.text(pretty: false)), as blocks and configuration have it")
    }
  }

  private static func blocks(
    _ node: JSONNode, _ configuration: ModelConfiguration
  ) throws -> Range<Int> {
    let first = try node.required("first").int(in: 0...(configuration.blockCount - 1))
    let count = try node.required("count").int(in: 1...(configuration.blockCount - first))
    return first..<(first + count)
  }

  package var json: JSON {
    var object = JSONObject([
      ("schema", .string(Self.schema)), ("version", .integer(Int64(Self.version))),
      ("role", .string(role.rawValue)), ("model_id", .string(modelID)),
      ("configuration", configuration.json), ("tokens", tokens.json),
      (
        "blocks",
        ["first": .integer(Int64(blocks.lowerBound)), "count": .integer(Int64(blocks.count))]
      ),
      ("exits", .array(exits.map(\.json))), ("provenance", .array(provenance.map(\.json))),
      ("files", .array(files.map(\.json))),
    ])
    // No member where there is none: artifacts of before keep their bytes.
    object["exit_vocabulary"] = exitVocabulary?.json
    object["calibration"] = calibration?.json
    object["kv_cache"] = kvBytes.json
    return .object(object)
  }
}
