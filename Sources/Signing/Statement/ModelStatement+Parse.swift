import CleaveStorage

extension ModelStatement {
  /// Reads the statement that a signature is over.
  ///
  /// - Throws: `InputError` for another statement, for files that are hashed in another way than one by one with SHA-256, and
  ///   for a root digest that is not theirs.
  package init(_ json: JSONNode) throws {
    try json.required("_type").require(Self.type)
    try json.required("predicateType").require(Self.predicateType)
    let subjects = try json.required("subject").elements()
    guard subjects.count == 1, let subject = subjects.first else {
      throw try json.required("subject").refuse(
        expected: "one subject", found: "\(subjects.count)")
    }
    name = try subject.required("name").string()
    let predicate = try json.required("predicate")
    let serialization = try predicate.required("serialization")
    try serialization.required("method").require("files")
    try serialization.required("hash_type").require("sha256")
    ignored = try serialization.optional("ignore_paths")?.elements().map { try $0.string() } ?? []
    resources = try predicate.list("resources") { try Resource($0) }
    guard Set(resources.map(\.name)).count == resources.count else {
      throw try predicate.required("resources").refuse(
        expected: "each file once", found: "a file twice")
    }
    let root = try subject.required("digest").required("sha256")
    guard try root.string() == rootDigest else {
      throw root.refuse(expected: "\(rootDigest), the digest of the resources")
    }
  }
}

extension ModelStatement.Resource {
  fileprivate init(_ json: JSONNode) throws {
    let node = try json.required("name")
    name = try node.string()
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.allSatisfy({ !["", ".", ".."].contains($0) }), !name.utf8.contains(0) else {
      throw node.refuse(expected: "a path inside the model")
    }
    try json.required("algorithm").require("sha256")
    let digest = try json.required("digest")
    sha256 = try digest.string()
    guard FileDigest.isSHA256(sha256) else {
      throw digest.refuse(expected: "64 hexadecimal digits in lower case")
    }
  }
}

extension JSONNode {
  /// - Throws: `InputError` where the value is not this text.
  fileprivate func require(_ text: String) throws {
    guard try string() == text else { throw refuse(expected: "\"\(text)\"") }
  }
}
