import CleaveConvert
import CleaveModel
import CleaveStorage
import TestSupport
import Testing

/// Tests of files that the format allows.
@Suite struct GGUFTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func open(_ builder: GGUFBuilder) throws -> GGUFFile {
    try GGUFFile(path: try scratch.write(builder.bytes, to: "t.gguf"))
  }

  @Test(arguments: [UInt32(2), 3])
  func noTensors(version: UInt32) throws {
    var builder = GGUFBuilder()
    builder.version = littleEndian(version)
    let empty = try open(builder)
    #expect(empty.version == version && empty.metadata.isEmpty)
    #expect(try empty.tensors().isEmpty)
    builder.set("a", .uint8(1))
    #expect(try open(builder).tensors().isEmpty)
  }

  @Test func everyScalar() throws {
    var builder = GGUFBuilder()
    let values: [(GGUFBuilder.Value, String)] = [
      (.uint8(255), "255"), (.int8(-128), "-128"), (.uint16(65535), "65535"),
      (.int16(-32768), "-32768"), (.uint32(.max), "4294967295"), (.int32(.min), "-2147483648"),
      (.float32(0.1), "0.10000000149011612"), (.bool(true), "true"), (.string("é"), "\"é\""),
      (.uint64(.max), "18446744073709551615"), (.int64(.min), "-9223372036854775808"),
      (.float64(0.1), "0.1"), (.string(""), "\"\""), (.float64(.nan), "nan"),
    ]
    for (index, value) in values.enumerated() { builder.set("key.\(index)", value.0) }
    _ = try open(builder)
    let summary = try CheckpointSummary(path: scratch("t.gguf"))
    #expect(summary.settings.map(\.value) == values.map(\.1))
  }

  /// Texts from a file are printed without escape sequences and with limited length.
  @Test func summariesAreFitForATerminal() throws {
    var builder = GGUFBuilder()
    builder.set("\u{1B}[2J", .string("a\u{7}b\u{9B}"))
    builder.set("long", .string("e" + String(repeating: "\u{301}", count: 100_000)))
    builder.tensors = [.init("\r\n", [1], [0, 0, 0, 0])]
    _ = try open(builder)
    let summary = try CheckpointSummary(path: scratch("t.gguf"))
    #expect(summary.settings[0] == ("\\u{1b}[2J", "\"a\\u{7}b\\u{9b}\""))
    #expect(summary.settings[1].value.unicodeScalars.count == 83)
    #expect(summary.tensors[0].name == "\\u{d}\\u{a}")
  }

  @Test func nestedArrays() throws {
    var value = GGUFBuilder.Value.array(type: 7, [.bool(true), .bool(false)])
    for _ in 0..<3 { value = .array(type: 9, [value, value]) }
    var builder = GGUFBuilder()
    builder.set("deep", value)
    guard case .array(let outer) = try open(builder)["deep"] else {
      Issue.record("no array")
      return
    }
    #expect(outer.count == 2)
  }

  @Test func alignment64() throws {
    var builder = GGUFBuilder()
    builder.alignment = 64
    builder.set("general.alignment", .uint32(64))
    builder.tensors = [
      .init("a", [3], [UInt8](1...12)), .init("b", [32, 2], type: 2, [UInt8](1...36)),
    ]
    let tensors = try open(builder).tensors()
    #expect(tensors.map(\.shape) == [[3], [2, 32]])
    #expect(tensors.map { $0.range.lowerBound % 64 } == [0, 0])
    #expect(tensors[1].withBytes { Array($0) } == [UInt8](1...36))
  }

  @Test func aWholeTinyModel() throws {
    let path = try scratch.write(GGUFBuilder.tinyModel.bytes, to: "tiny.gguf")
    let manifest = try Importer(source: path, target: scratch("out")).run()
    #expect(manifest.configuration.headDimension == 16 && manifest.configuration.tiedEmbeddings)
    #expect(try Artifact(opening: scratch("out")).damagedFiles() == [])
  }

  /// Each truncation of a file without padding at its end is refused.
  @Test func everyCutIsRefused() throws {
    var builder = GGUFBuilder()
    builder.set("a.text", .string("text"))
    builder.set("a.list", .array(type: 9, [.array(type: 4, [.uint32(1), .uint32(2)])]))
    builder.tensors = [
      .init("first", [2], [UInt8](1...8)), .init("second", [32], type: 2, [UInt8](1...18)),
    ]
    let bytes = builder.bytes
    #expect(try open(builder).tensors().count == 2)
    for count in 0..<bytes.count {
      let path = try scratch.write(Array(bytes[..<count]), to: "cut.gguf")
      #expect(throws: InputError.self, "\(count) bytes") { try GGUFFile(path: path).tensors() }
    }
  }
}
