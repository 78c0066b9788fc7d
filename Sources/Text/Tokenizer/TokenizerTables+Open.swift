import CleaveStorage

extension TokenizerTables {
  /// Opens a `tokenizer.bin`. Every offset and id that a lookup will follow is checked here, in one
  /// pass. Whether the tables say the same as the tokenizer.json is for `cleave verify`.
  ///
  /// - Parameter digest: of the tokenizer.json that the tables must have been made from.
  init(opening file: MappedFile, madeFrom digest: FileDigest) throws {
    layout = try file.withBytes(0..<file.count) { bytes in
      let opener = TablesOpener(file: file.path, bytes: bytes)
      let layout = try opener.header(digest)
      try opener.check(View(bytes.baseAddress!, layout))
      return layout
    }
    storage = .file(file)
  }
}

private struct TablesOpener {
  let file: String
  let bytes: UnsafeRawBufferPointer

  private func refuse(
    _ location: String, _ found: String, _ expected: String, advice: String? = nil
  ) -> InputError {
    InputError(file: file, location: location, found: found, expected: expected, advice: advice)
  }

  // MARK: Header

  func header(_ digest: FileDigest) throws -> TokenizerLayout {
    guard bytes.count >= TokenizerLayout.headerBytes else {
      throw refuse(
        "header", "a file of \(bytes.count) bytes", "at least \(TokenizerLayout.headerBytes)")
    }
    guard bytes.starts(with: TokenizerLayout.magic) else {
      throw refuse("header", "other bytes", "\"cleavtok\" at the beginning")
    }
    let version = number(at: TokenizerLayout.magic.count)
    guard version == Int(TokenizerLayout.version) else {
      throw refuse(
        "version", "\(version)", "\(TokenizerLayout.version)",
        advice: "Use the cleave that wrote it.")
    }
    let layout = TokenizerLayout(
      tokens: number(at: 12), modelTokens: number(at: 16), merges: number(at: 20),
      textBytes: number(at: 24), settingsBytes: number(at: 28))
    try checkSizes(layout)
    let source = bytes[TokenizerLayout.digestStart..<TokenizerLayout.headerBytes]
    guard source.hexadecimal == digest.sha256 else {
      throw refuse(
        "source", "made from a tokenizer.json of SHA-256 \(source.hexadecimal)",
        "\(digest.sha256), as the manifest says",
        advice: "Import the model again.")
    }
    return layout
  }

  private func number(at offset: Int) -> Int {
    Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
  }

  private func checkSizes(_ layout: TokenizerLayout) throws {
    guard layout.tokens <= Vocabulary.largestCount else {
      throw refuse("tokens", "\(layout.tokens)", "at most \(Vocabulary.largestCount)")
    }
    guard layout.textBytes < Int(TokenizerLayout.absent) else {
      throw refuse("text", "\(layout.textBytes) bytes", "less than \(TokenizerLayout.absent)")
    }
    guard layout.settingsBytes <= FileSystem.largestJSON else {
      throw refuse(
        "settings", "\(layout.settingsBytes) bytes", "at most \(FileSystem.largestJSON)")
    }
    // Five numbers of 32 bits: the sum cannot overflow.
    guard layout.end == bytes.count else {
      throw refuse(
        "header", "tables of \(layout.end) bytes in a file of \(bytes.count)",
        "as many as the file has", advice: "The file is cut short, or something was added to it.")
    }
  }

  // MARK: Tables

  func check(_ view: TokenizerTables.View) throws {
    let layout = view.layout
    let tokens = UInt32(layout.tokens)
    try all(view, "byte tokens", layout.byteTokens, 256, "ids below \(tokens), or none") {
      $0 < tokens || $0 == TokenizerLayout.none
    }
    let text = UInt32(layout.textBytes)
    try rises(view, "text starts", layout.textStarts, to: text, mask: ~TokenizerLayout.absent)
    guard view.element(layout.tokens, of: layout.textStarts) == text else {
      throw refuse(
        "text starts[\(tokens)]", "an id without a token", "the end of the text, \(text)")
    }
    let ids = "ids below \(tokens)"
    try all(view, "order", layout.order, layout.modelTokens, "\(ids) that have tokens") {
      $0 < tokens
        && view.element(Int($0), of: layout.textStarts) & TokenizerLayout.absent == 0
    }
    try rises(view, "merge starts", layout.mergeStarts, to: UInt32(layout.merges), mask: ~0)
    try all(view, "merge rights", layout.mergeRights, layout.merges, ids) { $0 < tokens }
    try all(view, "merge results", layout.mergeResults, layout.merges, ids) { $0 < tokens }
  }

  private func all(
    _ view: TokenizerTables.View, _ name: String, _ table: Int, _ count: Int, _ expected: String,
    _ holds: (UInt32) -> Bool
  ) throws {
    for index in 0..<count where !holds(view.element(index, of: table)) {
      throw refuse("\(name)[\(index)]", "\(view.element(index, of: table))", expected)
    }
  }

  /// One more than there are tokens: from 0 to `end`, never falling.
  private func rises(
    _ view: TokenizerTables.View, _ name: String, _ table: Int, to end: UInt32, mask: UInt32
  ) throws {
    var last: UInt32 = 0
    for index in 0...view.layout.tokens {
      let start = view.element(index, of: table) & mask
      guard start >= last, start <= end, index > 0 || start == 0 else {
        throw refuse(
          "\(name)[\(index)]", "\(start)", index == 0 ? "0" : "from \(last) to \(end)")
      }
      last = start
    }
    guard last == end else {
      throw refuse("\(name)[\(view.layout.tokens)]", "\(last)", "the end, \(end)")
    }
  }
}
