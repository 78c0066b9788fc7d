import CleaveStorage

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
