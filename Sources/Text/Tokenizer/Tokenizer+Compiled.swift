import CleaveStorage

extension Tokenizer {
  /// Opens a `tokenizer.bin`, which stands for a tokenizer.json (specs/artifact.md).
  ///
  /// - Parameter digest: of that tokenizer.json.
  package init(compiled file: MappedFile, madeFrom digest: FileDigest) throws {
    let tables = try TokenizerTables(opening: file, madeFrom: digest)
    try self.init(tables, settings: try tables.settings(file: file.path))
  }

  /// The bytes of the `tokenizer.bin` of the tokenizer.json that this was read from.
  ///
  /// - Parameter digest: of that tokenizer.json.
  package func compiled(madeFrom digest: FileDigest) -> [UInt8] { tables.file(madeFrom: digest) }

  /// Whether both were made from tokenizer.json files that say the same.
  package func isEquivalent(to other: Tokenizer) throws -> Bool {
    try tables.isEquivalent(to: other.tables)
  }
}

extension TokenizerTables {
  /// The tokenizer.json without what the tables hold.
  func settings(file: String) throws -> JSONNode {
    let node = try storage.withBytes { bytes in
      try JSONNode(
        parsing: UnsafeRawBufferPointer(rebasing: bytes[layout.settings..<layout.end]), file: file,
        location: "settings")
    }
    let model = try node.required("model")
    for name in BytePairModel.compiledMembers {
      if let member = try model.optional(name) {
        throw member.refuse(expected: "no \(name) beside the tables", found: member.value.kind)
      }
    }
    return node
  }

  /// The id of an added token, which the tables must have under that id.
  func resolve(_ content: String, _ node: JSONNode) throws -> Int {
    if let known = id(of: content.utf8) {
      guard case .integer(Int64(known)) = node.value else {
        throw node.refuse(expected: "\(known), the id of \"\(content.prefix(80))\" in the model")
      }
      return known
    }
    let id = try node.int()
    guard let token = self[id], token.elementsEqual(content.utf8) else {
      throw node.refuse(expected: "the id of \"\(content.prefix(80))\" in the tables")
    }
    return id
  }

  /// Tables byte by byte; settings, which another tool may have written, by their values.
  func isEquivalent(to other: TokenizerTables) throws -> Bool {
    var (mine, others) = (layout, other.layout)
    (mine.settingsBytes, others.settingsBytes) = (0, 0)
    guard mine == others else { return false }
    let tables = TokenizerLayout.headerBytes..<layout.settings
    let haveSameTables = storage.withBytes { mine in
      other.storage.withBytes { mine[tables].elementsEqual($0[tables]) }
    }
    return try haveSameTables
      && settings(file: "").value.text(pretty: false)
        == other.settings(file: "").value.text(pretty: false)
  }
}
