import CleaveStorage

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
