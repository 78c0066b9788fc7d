import CJSON

extension JSON {
  /// Parses strict UTF-8 JSON with json-c, which would collapse duplicate names silently: they are
  /// refused here.
  ///
  /// - Parameters:
  ///   - file, location: name the text in errors.
  ///   - depth: the deepest nesting accepted.
  ///   - refusesHalves: whether an escape that is half of a surrogate pair is refused, and not read as U+FFFD.
  /// - Throws: `InputError` for anything but one JSON value.
  package static func parse(
    _ text: UnsafeRawBufferPointer, file: String, location: String = "", depth: Int = 64,
    refusesHalves: Bool = false
  ) throws -> JSON {
    func refuse(_ found: String) -> InputError {
      InputError(file: file, location: location, found: found, expected: "valid UTF-8 JSON")
    }
    guard text.count <= Int(Int32.max) else { throw refuse("\(text.count) bytes of JSON") }
    guard let base = text.baseAddress, !text.isEmpty else { throw refuse("nothing") }
    // json-c lets overlong and surrogate sequences pass, which Swift would then repair.
    guard isUTF8(text) else { throw refuse("bytes that are not UTF-8") }
    let counts = JSONCounts(text)
    try refuseManyContainers(counts, file, location)
    try JSONMemory.require(for: counts, file, location)
    guard let tokener = json_tokener_new_ex(Int32(depth)) else { throw refuse("no memory") }
    defer { json_tokener_free(tokener) }
    json_tokener_set_flags(tokener, JSON_TOKENER_STRICT | JSON_TOKENER_VALIDATE_UTF8)
    var root = json_tokener_parse_ex(
      tokener, base.assumingMemoryBound(to: CChar.self), Int32(text.count))
    var end = json_tokener_get_parse_end(tokener)
    // A number, or a word, at the end of the text could go on: white space ends it.
    if json_tokener_get_error(tokener) == json_tokener_continue {
      root = json_tokener_parse_ex(tokener, " ", 1)
      end = text.count
    }
    defer { json_object_put(root) }
    let outcome = json_tokener_get_error(tokener)
    guard outcome == json_tokener_success else {
      throw refuse(
        "\(JSONFault.text(of: outcome, depth: depth)), at byte "
          + "\(end)")
    }
    // json-c stops at a NUL byte; whatever follows the value must be white space.
    guard text[end...].allSatisfy(isSpace) else {
      guard text[end] == 0 else { throw JSONMemory.refused(file, location) }
      throw refuse("more after the value, at byte \(end)")
    }
    // Nothing is what json-c makes of null, and of any value where it had no memory.
    guard root != nil || text.first(where: { !isSpace($0) }) == UInt8(ascii: "n") else {
      throw JSONMemory.refused(file, location)
    }
    try JSONStrictness.check(
      text, file: file, location: location, refusesHalves: refusesHalves)
    return JSON(root)
  }

  package static func parse(
    _ text: [UInt8], file: String, location: String = "", depth: Int = 64
  ) throws -> JSON {
    try text.withUnsafeBytes { try parse($0, file: file, location: location, depth: depth) }
  }

  private static func refuseManyContainers(
    _ counts: JSONCounts, _ file: String, _ location: String
  ) throws {
    let most = min(mostContainers, fewContainers + counts.bytes / bytesForContainer)
    guard counts.arrays + 2 * counts.objects > most else { return }
    throw InputError(
      file: file, location: location,
      found: "\(counts.arrays + counts.objects) opening brackets in \(counts.bytes) bytes",
      expected: "at most \(most), those of objects counted twice")
  }

  /// An empty object is two bytes of text and most of a kilobyte in json-c, an empty array half of that. Four times
  /// what the largest tokenizers known have (a pair for each of half a million merges).
  private static let mostContainers = 1 << 21
  /// The containers that any text may have, and the bytes of text for each one more: the shortest pair of merges has
  /// nine.
  private static let (fewContainers, bytesForContainer) = (1 << 17, 4)

  private static func isSpace(_ byte: UInt8) -> Bool { [0x20, 0x09, 0x0A, 0x0D].contains(byte) }

  private static func isUTF8(_ text: UnsafeRawBufferPointer) -> Bool {
    text.withMemoryRebound(to: UInt8.self) { (try? UTF8Span(validating: $0.span)) != nil }
  }

  /// Copies a json-c value (nil is JSON's null), and lets go of its parts as they are copied: the two
  /// trees of a large tokenizer would not be small together.
  private init(_ object: OpaquePointer?) {
    switch json_object_get_type(object) {
    case json_type_boolean: self = .bool(json_object_get_boolean(object) != 0)
    case json_type_int: self = Self.number(object)
    case json_type_double: self = .real(json_object_get_double(object))
    case json_type_string: self = .string(Self.text(object))
    case json_type_array:
      self = .array(
        (0..<json_object_array_length(object)).map { index in
          defer { json_object_array_put_idx(object, index, nil) }
          return JSON(json_object_array_get_idx(object, index))
        })
    case json_type_object: self = .object(Self.members(object))
    default: self = .null
    }
  }

  /// Integers beyond Int64 become reals, as in Hugging Face's `model_max_length` of 1e30.
  private static func number(_ object: OpaquePointer?) -> JSON {
    let unsigned = json_object_get_uint64(object)
    return unsigned > UInt64(Int64.max)
      ? .real(Double(unsigned)) : .integer(json_object_get_int64(object))
  }

  private static func text(_ object: OpaquePointer?) -> String {
    let length = Int(json_object_get_string_len(object))
    return json_object_get_string(object).withMemoryRebound(to: UInt8.self, capacity: length) {
      String(decoding: UnsafeBufferPointer(start: $0, count: length), as: UTF8.self)
    }
  }

  private static func members(_ object: OpaquePointer?) -> JSONObject {
    var members: [JSONObject.Member] = []
    members.reserveCapacity(Int(json_object_object_length(object)))
    var entry = json_object_get_object(object)?.pointee.head
    while let current = entry {
      let name = String(cString: current.pointee.k.assumingMemoryBound(to: CChar.self))
      members.append((name, JSON(OpaquePointer(current.pointee.v))))
      entry = current.pointee.next
      json_object_object_del(object, name)
    }
    return JSONObject(members)
  }
}
