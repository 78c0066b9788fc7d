import CleaveStorage

extension ShortConvolution {
  init(_ node: JSONNode) throws {
    try node.allow(only: ["kernel", "blocks"])
    kernel = try node.required("kernel").int()
    blocks = try node.required("blocks").elements().map { try $0.int() }
  }

  var json: JSON {
    [
      "kernel": .integer(Int64(kernel)),
      "blocks": .array(blocks.map { .integer(Int64($0)) }),
    ]
  }
}

extension DeltaNet {
  init(_ node: JSONNode) throws {
    try node.allow(only: [
      "key_heads", "value_heads", "key_dimension", "value_dimension", "kernel", "blocks",
    ])
    func int(_ name: String) throws -> Int { try node.required(name).int() }
    keyHeads = try int("key_heads")
    valueHeads = try int("value_heads")
    keyDimension = try int("key_dimension")
    valueDimension = try int("value_dimension")
    kernel = try int("kernel")
    blocks = try node.required("blocks").elements().map { try $0.int() }
  }

  var json: JSON {
    func int(_ value: Int) -> JSON { .integer(Int64(value)) }
    return [
      "key_heads": int(keyHeads), "value_heads": int(valueHeads),
      "key_dimension": int(keyDimension), "value_dimension": int(valueDimension),
      "kernel": int(kernel), "blocks": .array(blocks.map(int)),
    ]
  }
}
