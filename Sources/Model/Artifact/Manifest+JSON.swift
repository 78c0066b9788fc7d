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
    object["calibration"] = calibration?.json
    object["kv_cache"] = kvBytes.json
    return .object(object)
  }
}

extension SpecialTokens {
  init(_ node: JSONNode, _ configuration: ModelConfiguration) throws {
    let ids = 0...(configuration.vocabularySize - 1)
    beginOfText = try node.optional("begin_of_text")?.int(in: ids)
    endOfText = try node.required("end_of_text").elements().map { try $0.int(in: ids) }
    chatTemplate = try node.optional("chat_template")?.string()
  }

  var json: JSON {
    [
      "begin_of_text": beginOfText.map { .integer(Int64($0)) } ?? .null,
      "end_of_text": .array(endOfText.map { .integer(Int64($0)) }),
      "chat_template": chatTemplate.map { .string($0) } ?? .null,
    ]
  }
}

extension FileRecord {
  init(_ node: JSONNode) throws {
    path = try node.required("path").string()
    digest = try FileDigest(node)
    tensors = try node.optional("tensors")?.elements().map(TensorRecord.init) ?? []
  }

  var json: JSON {
    var object: JSONObject = JSONObject([("path", .string(path))] + digest.members)
    if !tensors.isEmpty { object["tensors"] = .array(tensors.map(\.json)) }
    return .object(object)
  }
}

extension FileDigest {
  /// The largest file size accepted: far above every file, and low enough for the sum over all of them.
  private static let largestFile = 1 << 48

  init(_ node: JSONNode) throws {
    self.init(
      bytes: try node.required("bytes").int(in: 0...Self.largestFile),
      sha256: try node.required("sha256").sha256())
  }

  var members: [JSONObject.Member] {
    [("bytes", .integer(Int64(bytes))), ("sha256", .string(sha256))]
  }
}

extension ProvenanceStep {
  init(_ node: JSONNode) throws {
    step = try node.required("step").string()
    tool = try node.required("tool").string()
    inputs = try node.required("inputs").elements().map {
      Input(name: try $0.required("name").string(), digest: try FileDigest($0))
    }
    settings = try node.required("settings").members().map { ($0.name, try $0.node.string()) }
  }

  package var json: JSON {
    [
      "step": .string(step), "tool": .string(tool),
      "inputs": .array(
        inputs.map { .object(JSONObject([("name", .string($0.name))] + $0.digest.members)) }),
      "settings": .object(JSONObject(settings.map { ($0.name, .string($0.value)) })),
    ]
  }
}
