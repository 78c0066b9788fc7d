import CJSON

extension JSON {
  /// The JSON text, members in order, reals in their shortest exact form: the same value
  /// always gives the same bytes.
  package func text(pretty: Bool = true) -> String {
    let object = makeObject()
    defer { json_object_put(object) }
    let flags =
      JSON_C_TO_STRING_NOSLASHESCAPE
      | (pretty ? JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_SPACED : JSON_C_TO_STRING_PLAIN)
    return String(cString: json_object_to_json_string_ext(object, flags))
  }

  /// A json-c copy that the caller owns; nil for null, as json-c has it.
  private func makeObject() -> OpaquePointer? {
    switch self {
    case .null: return nil
    case .bool(let value): return json_object_new_boolean(value ? 1 : 0)
    case .integer(let value): return json_object_new_int64(value)
    case .real(let value):
      return value.isFinite ? json_object_new_double_s(value, "\(value)") : nil
    case .string(let value):
      var value = value
      return value.withUTF8 { utf8 in
        utf8.withMemoryRebound(to: CChar.self) {
          // json-c wants an address even for no bytes.
          $0.isEmpty
            ? json_object_new_string("")
            : json_object_new_string_len($0.baseAddress, Int32($0.count))
        }
      }
    case .array(let values):
      let array = json_object_new_array()
      for value in values { json_object_array_add(array, value.makeObject()) }
      return array
    case .object(let object):
      let copy = json_object_new_object()
      for member in object.members {
        json_object_object_add(copy, member.name, member.value.makeObject())
      }
      return copy
    }
  }
}
