import CleaveStorage

extension Tokenizer {
  /// Opens a `tokenizer.bin`, the compiled form of a tokenizer.json (specs/artifact.md).
  ///
  /// - Parameter digest: the digest of that tokenizer.json.
  /// - Throws: `InputError` if the file was compiled from another tokenizer.json or is damaged.
  package init(compiled file: MappedFile, madeFrom digest: FileDigest) throws {
    let tables = try TokenizerTables(opening: file, madeFrom: digest)
    try self.init(tables, settings: try tables.settings(file: file.path))
  }

  /// The contents of a `tokenizer.bin` for this tokenizer.
  ///
  /// - Parameter digest: the digest of the tokenizer.json from which the tokenizer was read.
  package func compiled(madeFrom digest: FileDigest) -> [UInt8] { tables.file(madeFrom: digest) }

  /// Whether both tokenizers were made from tokenizer.json files with the same contents.
  package func isEquivalent(to other: Tokenizer) throws -> Bool {
    try tables.isEquivalent(to: other.tables)
  }
}

extension TokenizerTables {
  /// The tokenizer.json without the members that the tables replace.
  func settings(file: String) throws -> JSONNode {
    let node = try storage.withBytes { bytes in
      try JSONNode(
        parsing: UnsafeRawBufferPointer(rebasing: bytes[layout.settings..<layout.end]), file: file,
        location: "settings")
    }
    let model = try node.required("model")
    for name in BytePairModel.compiledMembers {
      if let member = try model.optional(name) {
        throw member.refuse(
          expected: "no \(name), which is in the tables", found: member.value.kind)
      }
    }
    return node
  }

  /// The id of an added token, which must have the same id in the tables.
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

  /// Compares the tables byte by byte, and the settings, which another tool may have written, by
  /// value.
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
