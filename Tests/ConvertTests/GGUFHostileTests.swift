import CleaveConvert
import CleaveStorage
import TestSupport
import Testing

/// A file that breaks the format is refused with the location, what was found and what was
/// expected. No count in it is trusted.
@Suite struct GGUFHostileTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let change: @Sendable (inout GGUFBuilder) -> Void
    let location: String
    let found: String
    let expected: String

    init(
      _ name: String, location: String, found: String, expected: String,
      _ change: @escaping @Sendable (inout GGUFBuilder) -> Void
    ) {
      testDescription = name
      self.change = change
      self.location = location
      self.found = found
      self.expected = expected
    }
  }

  @Test(arguments: headers + counts + values + alignments + tensors)
  func isRefused(hostile: Case) throws {
    let scratch = try Scratch()
    var builder = GGUFBuilder()
    builder.set("first", .uint32(7))
    builder.tensors = [.init("a", [4], [UInt8](1...16)), .init("b", [2, 2], [UInt8](1...16))]
    _ = try GGUFFile(path: try scratch.write(builder.bytes, to: "valid.gguf")).tensors()
    hostile.change(&builder)
    let path = try scratch.write(builder.bytes, to: "t.gguf")
    let error = #expect(throws: InputError.self) { try GGUFFile(path: path).tensors() }
    #expect(error?.file == path)
    #expect(error?.location == hostile.location)
    #expect(error?.found.contains(hostile.found) == true, "\(error?.found ?? "")")
    #expect(error?.expected.contains(hostile.expected) == true, "\(error?.expected ?? "")")
  }

  /// A header cannot make the reader use more than a fixed amount of memory: this file has 20
  /// million elements of one byte.
  @Test func metadataByTheMillionIsRefused() throws {
    let scratch = try Scratch()
    let header: [UInt8] = [0x47, 0x47, 0x55, 0x46, 3, 0, 0, 0] + Array(repeating: 0, count: 8)
    let count: [UInt8] = [1, 0, 1, 0, 0, 0, 0, 0]  // 65,537
    let path = try scratch.write(
      header + count + Array(repeating: 0, count: 1 << 20), to: "t.gguf")
    let error = #expect(throws: InputError.self) { try GGUFFile(path: path) }
    #expect(error?.location == "metadata count")
    #expect(error?.found == "65537")
  }

  @Test func arraysOfMillionsAreRefused() throws {
    let scratch = try Scratch()
    var builder = GGUFBuilder()
    builder.set(
      "many",
      .init(
        type: 9,
        bytes: littleEndian(UInt32(0)) + littleEndian(UInt64(20_000_000))
          + [UInt8](repeating: 0, count: 20_000_000)))
    let path = try scratch.write(builder.bytes, to: "t.gguf")
    let error = #expect(throws: InputError.self) { try GGUFFile(path: path) }
    #expect(error?.location == "many")
    #expect(error?.expected == "at most 16777216 in all arrays together")
  }

  /// A string of two gigabytes in a sparse file is refused.
  @Test func stringsOfGigabytesAreRefused() throws {
    let scratch = try Scratch()
    var builder = GGUFBuilder()
    builder.set("tokenizer.chat_template", .init(type: 8, bytes: littleEndian(UInt64(1) << 31)))
    let path = try scratch.write(builder.bytes, to: "t.gguf")
    try Sparse.extend(path, to: 1 << 32)
    let error = #expect(throws: InputError.self) { try GGUFFile(path: path) }
    #expect(error?.location == "tokenizer.chat_template")
    #expect(error?.found == "a string of 2147483648 bytes")
  }
}

// MARK: - Cases

extension GGUFHostileTests {
  private static let headers: [Case] = [
    Case("magic", location: "magic", found: "[71, 71, 85, 71]", expected: "\"GGUF\"") {
      $0.magic = Array("GGUG".utf8)
    },
    Case("version 1", location: "version", found: "1", expected: "2 or 3") {
      $0.version = littleEndian(UInt32(1))
    },
    Case("version 4", location: "version", found: "4", expected: "2 or 3") {
      $0.version = littleEndian(UInt32(4))
    },
    Case("big-endian", location: "version", found: "a big-endian file", expected: "little-endian") {
      $0.version = [0, 0, 0, 3]
    },
  ]

  private static let counts: [Case] = [
    Case("tensor count", location: "tensor count", found: "18446744073709551615", expected: "fit") {
      $0.tensorCount = .max
    },
    Case("one tensor more", location: "", found: "dimensions", expected: "at most 4") {
      $0.tensorCount = 3
    },
    Case(
      "metadata count", location: "metadata count", found: "4611686018427387904", expected: "fit"
    ) {
      $0.metadataCount = 1 << 62
    },
    Case("string length 2^63", location: "s", found: "9223372036854775808 bytes", expected: "most")
    {
      $0.set("s", .init(type: 8, bytes: littleEndian(UInt64(1) << 63)))
    },
    Case("string past the end", location: "s", found: "a string of 999 bytes", expected: "most") {
      $0.set("s", .init(type: 8, bytes: littleEndian(UInt64(999)) + [65]))
    },
    Case("array count", location: "l", found: "18446744073709551615 elements", expected: "fit") {
      $0.set("l", .array(type: 0, [.uint8(1)], count: .max))
    },
    Case("array count of arrays", location: "l", found: "1000 elements", expected: "fit") {
      $0.set("l", .array(type: 9, [.array(type: 0, [])], count: 1000))
    },
    Case("array count 2^61", location: "l", found: "2305843009213693952 elements", expected: "fit")
    {
      $0.set("l", .array(type: 12, [], count: 1 << 61))
    },
    Case(
      "key too long", location: "metadata key 0", found: "65536 bytes", expected: "at most 65535"
    ) {
      $0.metadata = [([UInt8](repeating: 65, count: 65536), .uint8(1))]
    },
    Case("name too long", location: "tensor name 0", found: "65 bytes", expected: "at most 64") {
      $0.tensors[0].name = String(repeating: "n", count: 65)
    },
  ]

  private static let values: [Case] = [
    Case("empty key", location: "metadata key 1", found: "an empty key", expected: "a name") {
      $0.metadata.append(([], .uint8(1)))
    },
    Case(
      "duplicate key", location: "metadata key 1", found: "\"first\" a second time",
      expected: "once"
    ) { $0.metadata.append((Array("first".utf8), .uint8(1))) },
    Case("key not UTF-8", location: "metadata key 1", found: "not UTF-8", expected: "UTF-8") {
      $0.metadata.append(([0xC0, 0x80], .uint8(1)))
    },
    Case("value not UTF-8", location: "s", found: "not UTF-8", expected: "UTF-8") {
      $0.set("s", .init(type: 8, bytes: GGUFBuilder.string([0xED, 0xA0, 0x80])))
    },
    Case("value type 13", location: "v", found: "value type 13", expected: "from 0 to 12") {
      $0.set("v", .init(type: 13, bytes: [0, 0, 0, 0, 0, 0, 0, 0]))
    },
    Case("element type 99", location: "v", found: "value type 99", expected: "from 0 to 12") {
      $0.set("v", .array(type: 99, []))
    },
    Case("bool 2", location: "v", found: "the byte 2", expected: "0 or 1") {
      $0.set("v", .init(type: 7, bytes: [2]))
    },
    Case("bool 2 in an array", location: "v", found: "the byte 2", expected: "0 or 1") {
      $0.set("v", .array(type: 7, [.bool(true), .init(type: 7, bytes: [2])]))
    },
    Case("arrays five deep", location: "v", found: "nested 5 deep", expected: "at most 4") {
      var value = GGUFBuilder.Value.array(type: 0, [])
      for _ in 0..<4 { value = .array(type: 9, [value]) }
      $0.set("v", value)
    },
    Case("arrays 100000 deep", location: "v", found: "nested 5 deep", expected: "at most 4") {
      let level = littleEndian(UInt32(9)) + littleEndian(UInt64(1))
      $0.set(
        "v",
        .init(type: 9, bytes: [[UInt8]](repeating: level, count: 100_000).flatMap { $0 }))
    },
  ]

  private static let alignments: [Case] =
    [
      ("0", GGUFBuilder.Value.uint32(0), "0"), ("3", .uint32(3), "3"),
      ("2^40", .uint64(1 << 40), "1099511627776"), ("a string", .string("32"), "\"32\""),
      ("signed", .int32(32), "32"), ("2^64 - 1", .uint64(.max), "18446744073709551615"),
      ("an array", .array(type: 4, [.uint32(32)]), "[32]"),
    ].map { name, value, found in
      Case(
        "alignment \(name)", location: "general.alignment", found: found, expected: "a power of two"
      ) { $0.set("general.alignment", value) }
    }

  private static let tensors: [Case] = [
    Case("duplicate name", location: "tensor name 1", found: "\"a\" a second", expected: "once") {
      $0.tensors[1].name = "a"
    },
    Case("five dimensions", location: "a", found: "5 dimensions", expected: "at most 4") {
      $0.tensors[0].dimensions = [4, 1, 1, 1, 1]
    },
    Case("fifty dimensions", location: "a", found: "50 dimensions", expected: "at most 4") {
      $0.tensors[0].dimensions = [UInt64](repeating: 1, count: 50)
    },
    Case("dimension 2^63", location: "a", found: "9223372036854775808", expected: "below 2^63") {
      $0.tensors[0].dimensions = [1 << 63]
    },
    Case("overflow", location: "a", found: "[4294967296, 4294967296]", expected: "fewer than 2^63")
    {
      $0.tensors[0].dimensions = [1 << 32, 1 << 32]
    },
    Case("overflow in bytes", location: "a", found: "F32", expected: "fewer than 2^63 bytes") {
      $0.tensors[0].dimensions = [1 << 62]
    },
    Case("half a block", location: "a", found: "Q4_0 of shape [33]", expected: "whole blocks of 32")
    {
      $0.tensors[0].dimensions = [33]
      $0.tensors[0].type = 2
    },
    Case("rows of half a block", location: "a", found: "[2, 16]", expected: "whole blocks of 32") {
      $0.tensors[0].dimensions = [16, 2]
      $0.tensors[0].type = 2
    },
    Case(
      "type 4", location: "a", found: "tensor type Q4_2 (removed", expected: "F32, F16, BF16, Q4_0"
    ) {
      $0.tensors[0].type = 4
    },
    Case("integers", location: "a", found: "tensor type I32", expected: "F32, F16, BF16, Q4_0") {
      $0.tensors[0].type = 26
    },
    Case("type 2^32 - 1", location: "b", found: "tensor type 4294967295", expected: "one of") {
      $0.tensors[1].type = .max
    },
    Case("offset 1", location: "a", found: "offset 1", expected: "0, the padded end") {
      $0.tensors[0].offset = 1
    },
    Case("a gap", location: "b", found: "offset 64", expected: "32, the padded end") {
      $0.tensors[1].offset = 64
    },
    Case("an overlap", location: "b", found: "offset 0", expected: "32, the padded end") {
      $0.tensors[1].offset = 0
    },
    Case("offset 2^64 - 1", location: "b", found: "offset 18446744073709551615", expected: "32") {
      $0.tensors[1].offset = .max
    },
    Case("past the end", location: "b", found: "20 bytes at 32", expected: "data inside the") {
      $0.tensors[1].dimensions = [5]
    },
    Case("far past the end", location: "b", found: "9223372036854775800 bytes", expected: "inside")
    {
      $0.tensors[1].dimensions = [(1 << 61) - 2]
    },
  ]
}
