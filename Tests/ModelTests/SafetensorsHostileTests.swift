import CleaveStorage
import TestSupport
import Testing

/// Every file that the reference parser refuses is refused, with the place, what stands there and
/// what was expected.
@Suite struct SafetensorsHostileTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let bytes: @Sendable () -> [UInt8]
    let location: String
    let found: String
    let expected: String

    init(
      _ name: String, _ bytes: @escaping @Sendable @autoclosure () -> [UInt8], location: String,
      found: String, expected: String
    ) {
      testDescription = name
      self.bytes = bytes
      self.location = location
      self.found = found
      self.expected = expected
    }

    /// A header of these members, and so many bytes of data.
    init(
      _ name: String, _ members: [String], data: Int = 0, location: String, found: String,
      expected: String
    ) {
      self.init(
        name,
        SafetensorsBuilder.file(
          header: "{" + members.joined(separator: ",") + "}",
          data: [UInt8](repeating: 0, count: data)),
        location: location, found: found, expected: expected)
    }
  }

  @Test(arguments: files + entries + layouts)
  func isRefused(hostile: Case) throws {
    let scratch = try Scratch()
    let path = try scratch.write(hostile.bytes(), to: "t.safetensors")
    let error = #expect(throws: InputError.self) { try SafetensorsFile(path: path) }
    #expect(error?.file == path)
    #expect(error?.location == hostile.location)
    #expect(error?.found.contains(hostile.found) == true, "\(error?.found ?? "")")
    #expect(error?.expected.contains(hostile.expected) == true, "\(error?.expected ?? "")")
  }

  /// A shape of half a million dimensions under a name of half a megabyte: linear in both.
  @Test func longNamesAndShapesStayLinear() throws {
    let name = String(repeating: "n", count: 500_000)
    let shape = "[" + [String](repeating: "1", count: 500_000).joined(separator: ",") + "]"
    let header = "{" + SafetensorsBuilder.entry(name, "U8", shape, 0, 2) + "}"
    let scratch = try Scratch()
    let path = try scratch.write(
      SafetensorsBuilder.file(header: header, data: [0, 0]), to: "t.safetensors")
    let error = #expect(throws: InputError.self) { try SafetensorsFile(path: path) }
    #expect(error?.found == "2 bytes")
    #expect((error?.description.utf8.count ?? .max) < 10_000)
  }

  /// Texts of a file are shown on terminals by errors, without control characters.
  @Test func controlCharactersAreSpelledOut() throws {
    let error = InputError(file: "f", location: "a\u{1B}[2J", found: "b\u{7}\n", expected: "c")
    #expect(error.description == "f: a\\u{1b}[2J: found b\\u{7}\\u{a}; expected c")
  }
}

// MARK: - Cases

extension SafetensorsHostileTests {
  private static func file(_ header: String, length: UInt64? = nil) -> [UInt8] {
    SafetensorsBuilder.file(header: header, length: length)
  }
  private static let entry = SafetensorsBuilder.entry

  private static let files: [Case] = [
    Case("empty", [], location: "header length", found: "0 bytes", expected: "8 bytes"),
    Case(
      "seven bytes", [UInt8](repeating: 0, count: 7), location: "header length", found: "7 bytes",
      expected: "8 bytes"),
    Case(
      "header too long", file("{}", length: 100_000_001), location: "header length",
      found: "100000001 bytes", expected: "at most 100000000"),
    Case(
      "header length 2^64 - 1", file("{}", length: .max), location: "header length",
      found: "18446744073709551615", expected: "at most 100000000"),
    Case(
      "header past the end", file("{}", length: 3), location: "header length", found: "3 bytes",
      expected: "the 2 bytes that follow"),
    Case("no header", file(""), location: "header", found: "nothing", expected: "JSON"),
    Case(
      "not UTF-8", SafetensorsBuilder.file(header: [0x7B, 0x22, 0xFF, 0x22, 0x3A, 0x31, 0x7D]),
      location: "header", found: "not UTF-8", expected: "UTF-8 JSON"),
    Case(
      "half a character", file(#"{"\ud83c":1}"#), location: "header",
      found: "half of a surrogate pair", expected: "whole characters"),
    Case(
      "overlong UTF-8",
      SafetensorsBuilder.file(header: [0x7B, 0x22, 0xC0, 0x80, 0x22, 0x3A, 0x31, 0x7D]),
      location: "header", found: "not UTF-8", expected: "UTF-8 JSON"),
    Case("not JSON", file("{\"a\""), location: "header", found: "at byte", expected: "JSON"),
    Case(
      "two values", file("{}{}"), location: "header", found: "begins no value, at byte 2",
      expected: "JSON"),
    Case("an array", file("[]"), location: "", found: "an array", expected: "an object"),
    Case(
      "deep nesting", file(String(repeating: "{\"a\":", count: 100_000)), location: "header",
      found: "nested levels", expected: "JSON"),
    Case(
      "nine levels",
      file("{\"a\":" + String(repeating: "[", count: 9) + String(repeating: "]", count: 9) + "}"),
      location: "header", found: "nested levels", expected: "JSON"),
    Case(
      "millions of containers",
      file("[" + String(repeating: "[],", count: 2_200_000) + "[]]"), location: "header",
      found: "2200002 opening brackets", expected: "at most 1781073"),
    Case(
      "metadata that is no string", ["\"__metadata__\":{\"a\":1}"], location: "__metadata__.a",
      found: "1", expected: "a string"),
  ]

  private static let entries: [Case] = [
    Case(
      "an entry that is no object", ["\"a\":7"], location: "a", found: "7",
      expected: "an object"),
    Case(
      "unknown dtype", [entry("a", "F24", "[1]", 0, 3)], data: 3, location: "a.dtype",
      found: "\"F24\"", expected: "one of BOOL, F4"),
    Case(
      "duplicate names", [entry("a", "U8", "[1]", 0, 1), entry("a", "U8", "[1]", 0, 1)], data: 1,
      location: "header", found: "the name \"a\" twice", expected: "every name once"),
    Case(
      "duplicate names, one escaped",
      [entry("a", "U8", "[1]", 0, 1), entry("\\u0061", "U8", "[1]", 0, 1)], data: 1,
      location: "header", found: "the name \"a\" twice", expected: "every name once"),
    Case(
      "duplicate keys in an entry",
      [#""a":{"dtype":"U8","dtype":"I8","shape":[1],"data_offsets":[0,1]}"#], data: 1,
      location: "header", found: "the name \"dtype\" twice", expected: "every name once"),
    Case(
      "no dtype", [#""a":{"shape":[1],"data_offsets":[0,1]}"#], data: 1, location: "a",
      found: "no \"dtype\"", expected: "a member"),
    Case(
      "no shape", [#""a":{"dtype":"U8","data_offsets":[0,1]}"#], data: 1, location: "a",
      found: "no \"shape\"", expected: "a member"),
    Case(
      "no offsets", [#""a":{"dtype":"U8","shape":[1]}"#], data: 1, location: "a",
      found: "no \"data_offsets\"", expected: "a member"),
    Case(
      "a negative dimension", [entry("a", "U8", "[-1]", 0, 1)], data: 1, location: "a.shape[0]",
      found: "-1", expected: "at least 0"),
    Case(
      "a dimension of 1.0", [entry("a", "U8", "[1,1.0]", 0, 1)], data: 1, location: "a.shape[1]",
      found: "1.0", expected: "an integer"),
    Case(
      "a dimension of 2^63", [entry("a", "U8", "[9223372036854775808]", 0, 1)], data: 1,
      location: "a.shape[0]", found: "9.2", expected: "an integer"),
    Case(
      "a product that overflows", [entry("a", "U8", "[4294967296,4294967296]", 0, 1)], data: 1,
      location: "a.shape", found: "[4294967296, 4294967296]", expected: "below 2^63"),
    Case(
      "a product that overflows in bits", [entry("a", "F64", "[288230376151711744]", 0, 1)],
      data: 1, location: "a.shape", found: "[288230376151711744]", expected: "below 2^63"),
    Case(
      "half a byte", [entry("a", "F4", "[3]", 0, 2)], data: 2, location: "a.shape", found: "[3]",
      expected: "whole bytes"),
    Case(
      "six bits", [entry("a", "F6_E2M3", "[5]", 0, 4)], data: 4, location: "a.shape", found: "[5]",
      expected: "whole bytes"),
  ]

  private static let layouts: [Case] = [
    Case(
      "end before start", [entry("a", "U8", "[1]", 1, 0)], data: 1, location: "a.data_offsets",
      found: "[1, 0]", expected: "not before it"),
    Case(
      "three offsets", [#""a":{"dtype":"U8","shape":[1],"data_offsets":[0,1,1]}"#], data: 1,
      location: "a.data_offsets", found: "[0, 1, 1]", expected: "a start and an end"),
    Case(
      "an offset of 2^63 - 1", [entry("a", "U8", "[1]", Int.max - 1, Int.max)], data: 1,
      location: "a.data_offsets[0]", found: "9223372036854775806", expected: "from 0 to"),
    Case(
      "too few bytes", [entry("a", "F32", "[2]", 0, 4)], data: 4, location: "a.data_offsets",
      found: "4 bytes", expected: "8 bytes for F32 of shape [2]"),
    Case(
      "a gap", [entry("a", "U8", "[1]", 0, 1), entry("b", "U8", "[1]", 2, 3)], data: 3,
      location: "b.data_offsets", found: "start 2", expected: "1, where"),
    Case(
      "a gap at the front", [entry("a", "U8", "[1]", 1, 2)], data: 2, location: "a.data_offsets",
      found: "start 1", expected: "0, where"),
    Case(
      "an overlap", [entry("a", "U8", "[2]", 0, 2), entry("b", "U8", "[2]", 1, 3)], data: 3,
      location: "b.data_offsets", found: "start 1", expected: "2, where"),
    Case(
      "the same bytes twice", [entry("a", "U8", "[2]", 0, 2), entry("b", "U8", "[2]", 0, 2)],
      data: 2, location: "b.data_offsets", found: "start 0", expected: "2, where"),
    Case(
      "nothing inside another", [entry("a", "U8", "[2]", 0, 2), entry("b", "U8", "[0]", 1, 1)],
      data: 2, location: "b.data_offsets", found: "start 1", expected: "2, where"),
    Case(
      "data cut short", [entry("a", "U8", "[4]", 0, 4)], data: 3, location: "data",
      found: "3 bytes",
      expected: "4, where"),
    Case(
      "data too long", [entry("a", "U8", "[4]", 0, 4)], data: 5, location: "data", found: "5 bytes",
      expected: "4, where"),
    Case("data of nobody", [], data: 1, location: "data", found: "1 bytes", expected: "0, where"),
  ]
}
