import CleaveStorage

extension QuantizationPlan {
  package var json: JSON {
    var members: [JSONObject.Member] = [
      ("tensors", .array(entries.map(\.json))),
      ("bits_per_weight", .real(bitsPerWeight)),
      ("bytes", .integer(Int64(sizes.model))),
    ]
    if let edge = sizes.edge, let cloud = sizes.cloud {
      members += [("edge_bytes", .integer(Int64(edge))), ("cloud_bytes", .integer(Int64(cloud)))]
    }
    members.append(("notes", .array(notes.map { .string($0) })))
    return .object(JSONObject(members))
  }
}

extension QuantizationPlan.Entry {
  var json: JSON {
    [
      "name": .string(name), "shape": .array(shape.map { .integer(Int64($0)) }),
      "source": .string(source.rawValue), "wanted": .string(wanted.rawValue),
      "type": .string(type.rawValue), "fallback": .bool(isFallback),
      "reason": .string(explanation), "bytes": .integer(Int64(bytes)),
    ]
  }
}
