import CleaveStorage

extension SentencePieceVocabulary {
  /// Checks that pieces can be member names of a JSON object, which would drop a duplicate and cut
  /// a name at a NUL.
  func checkPieces() throws {
    func refuse(_ index: Int, _ found: String, _ expected: String) -> InputError {
      InputError(file: file, location: "\(location)[\(index)]", found: found, expected: expected)
    }
    var seen: Set<[UInt8]> = []
    for (index, piece) in pieces.enumerated() {
      guard !piece.text.utf8.contains(0) else {
        throw refuse(index, "a NUL character", "pieces without NUL")
      }
      guard seen.insert(Array(piece.text.utf8)).inserted else {
        throw refuse(index, "\"\(piece.text.prefix(80))\" again", "every piece once")
      }
      guard piece.score.isFinite else { throw refuse(index, "\(piece.score)", "a finite score") }
      guard piece.text.utf8.count <= Self.longestPiece else {
        throw refuse(
          index, "\(piece.text.utf8.count) bytes", "at most \(Self.longestPiece) bytes")
      }
    }
  }

  /// The longest piece in bytes. Finding merges looks up every split of a piece, which takes
  /// quadratic time in its length.
  private static let longestPiece = 1024

  /// The added tokens: control pieces are special, user-defined ones are plain text that is never
  /// split.
  func addedTokens() -> [JSON] {
    pieces.enumerated().compactMap { id, piece in
      guard [.unknown, .control, .userDefined].contains(piece.kind), !piece.text.isEmpty else {
        return nil
      }
      return [
        "id": .integer(Int64(id)), "content": .string(piece.text), "single_word": false,
        "lstrip": false, "rstrip": false, "normalized": false,
        "special": .bool(piece.kind != .userDefined),
      ]
    }
  }

  func decoder(hasBytes: Bool) -> JSON {
    var steps: [JSON] = [
      ["type": "Replace", "pattern": ["String": .string(Self.space)], "content": " "]
    ]
    if hasBytes { steps.append(["type": "ByteFallback"]) }
    steps.append(["type": "Fuse"])
    if addsSpace {
      steps.append(["type": "Strip", "content": " ", "start": 1, "stop": 0])
    }
    return ["type": "Sequence", "decoders": .array(steps)]
  }

  func postProcessor() -> JSON {
    let ids = [before, after].compactMap { $0 }
    guard !ids.isEmpty else { return .null }
    func special(_ id: Int, _ type: Int64) -> JSON {
      ["SpecialToken": ["id": .string(pieces[id].text), "type_id": .integer(type)]]
    }
    func text(_ name: JSON, _ type: Int64) -> [JSON] {
      [before].compactMap { $0.map { special($0, type) } }
        + [["Sequence": ["id": name, "type_id": .integer(type)]]]
        + [after].compactMap { $0.map { special($0, type) } }
    }
    var explained = JSONObject()
    for id in ids {
      let name = pieces[id].text
      explained[name] = [
        "id": .string(name), "ids": [.integer(Int64(id))], "tokens": [.string(name)],
      ]
    }
    return [
      "type": "TemplateProcessing", "single": .array(text("A", 0)),
      "pair": .array(text("A", 0) + text("B", 1)), "special_tokens": .object(explained),
    ]
  }
}
