import CJSON

/// What is wrong with a text that is not JSON, in words for a person who knows JSON and not json-c.
enum JSONFault {
  static func text(of error: json_tokener_error, depth: Int) -> String {
    switch error {
    // The parser would go on if there were more.
    case json_tokener_continue, json_tokener_error_parse_eof: "the end of the text inside a value"
    case json_tokener_error_depth: "more than \(depth) nested levels"
    case json_tokener_error_parse_unexpected: "a character that begins no value"
    case json_tokener_error_parse_null, json_tokener_error_parse_boolean: "a word that is no value"
    case json_tokener_error_parse_number: "a number that is none"
    case json_tokener_error_parse_array: "no comma or ] after an element"
    case json_tokener_error_parse_object_key_name: "no name in quotes for a member"
    case json_tokener_error_parse_object_key_sep: "no colon after a member's name"
    case json_tokener_error_parse_object_value_sep: "no comma or } after a member"
    case json_tokener_error_parse_string: "a string with an escape or a character that JSON forbids"
    case json_tokener_error_parse_utf8_string: "bytes that are not UTF-8"
    case json_tokener_error_parse_comment: "a comment"
    default: "text that is not JSON"
    }
  }
}
