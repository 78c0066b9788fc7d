import CleaveStorage

extension TokenizerTables {
  /// Opens a `tokenizer.bin`. One pass checks each offset and id that a lookup will follow. `cleave
  /// verify` checks whether the tables match the tokenizer.json.
  ///
  /// - Parameter digest: the digest of the tokenizer.json from which the tables must have been
  ///   made.
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
      throw refuse("header", "another signature", "\"cleavtok\" at the beginning")
    }
    let version = number(at: TokenizerLayout.magic.count)
    guard version == Int(TokenizerLayout.version) else {
      throw refuse(
        "version", "\(version)", "\(TokenizerLayout.version)",
        advice: "Open it with the version of cleave that wrote it.")
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
    // The sum of five 32-bit numbers cannot overflow.
    guard layout.end == bytes.count else {
      throw refuse(
        "header", "tables of \(layout.end) bytes in a file of \(bytes.count)",
        "tables that end where the file ends",
        advice: "The file is cut short, or something was added to it.")
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

  /// Checks a table of one more element than there are tokens: it starts at 0, ends at `end`, and
  /// never falls.
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
