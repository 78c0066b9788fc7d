import CleaveStorage
import TestSupport
import Testing

/// Files that the reference parser takes, and what is written and read back.
@Suite struct SafetensorsTests {
  private static let entry = SafetensorsBuilder.entry

  private func open(_ bytes: [UInt8]) throws -> SafetensorsFile {
    let scratch = try Scratch()
    return try SafetensorsFile(path: try scratch.write(bytes, to: "t.safetensors"))
  }

  @Test func anEmptyHeader() throws {
    let file = try open(SafetensorsBuilder.file(header: "{}"))
    #expect(file.entries.isEmpty && file.metadata.isEmpty)
  }

  @Test func scalarsAndNothing() throws {
    let header =
      "{" + Self.entry("scalar", "F32", "[]", 0, 4) + "," + Self.entry("none", "I64", "[3,0]", 4, 4)
      + "," + Self.entry("nothing first", "F32", "[0]", 0, 0) + "}"
    let file = try open(SafetensorsBuilder.file(header: header, data: [0, 0, 0x80, 0x3F]))
    #expect(file.entries.map(\.name) == ["nothing first", "scalar", "none"])
    #expect(file.entries[1].shape == [])
  }

  @Test func metadataAndAnyOrder() throws {
    let header =
      "{" + Self.entry("b", "BF16", "[1,2]", 2, 6) + #","__metadata__":{"format":"pt","é":""},"#
      + Self.entry("a", "U8", "[2]", 0, 2) + "}   \n"
    let file = try open(SafetensorsBuilder.file(header: header, data: [1, 2, 3, 4, 5, 6]))
    #expect(file.entries.map(\.name) == ["a", "b"])
    #expect(file.metadata.map(\.name) == ["format", "é"])
    let range = file.entries[1].range
    #expect(file.file.withBytes(range) { Array($0) } == [3, 4, 5, 6])
  }

  @Test func halfBytesThatFillBytes() throws {
    let file = try open(
      SafetensorsBuilder.file(
        header: "{" + Self.entry("a", "F4", "[3,2]", 0, 3) + "}", data: [1, 2, 3]))
    #expect(file.entries[0].dtype == .f4)
    #expect(file.entries[0].dtype.tensorType == nil)
  }

  /// Members that the format does not know are ignored, as by the reference parser.
  @Test func unknownMembersOfAnEntry() throws {
    let header = #"{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"note":{"x":[]}}}"#
    #expect(try open(SafetensorsBuilder.file(header: header, data: [7])).entries.count == 1)
  }

  @Test func readsBackWhatItWrote() throws {
    let scratch = try Scratch()
    let source = SafetensorsBuilder([
      .init("half", "F16", [2, 3], Array(0..<12)), .init("vector", "F32", [2], Array(20..<28)),
      .init("brain", "BF16", [1], [40, 41]),
    ])
    let file = try SafetensorsFile(path: try scratch.write(source.bytes, to: "source"))
    let tensors = try file.entries.map { entry in
      let type = try #require(entry.dtype.tensorType)
      return try Tensor(
        name: entry.name, type: type, shape: entry.shape, file: file.file, range: entry.range)
    }
    let written = try SafetensorsFile.write(
      tensors.map { WeightSource($0, name: "w.\($0.name)") }, to: scratch("written"))
    // By falling alignment, then name.
    #expect(written.records.map(\.name) == ["w.vector", "w.brain", "w.half"])
    #expect(try FileDigest(ofFile: scratch("written")) == written.digest)
    let back = try SafetensorsFile(path: scratch("written"))
    #expect(back.entries.map(\.name) == written.records.map(\.name))
    #expect(back.entries[0].range.lowerBound % 64 == 0)
    for entry in back.entries {
      let original = try #require(source.tensors.first { "w.\($0.name)" == entry.name })
      #expect(back.file.withBytes(entry.range) { Array($0) } == original.bytes)
      #expect(entry.shape == original.shape && entry.dtype.rawValue == original.dtype)
    }
  }

  /// Quantized blocks are stored as bytes, rows moved whole.
  @Test func writesBlocksInRowOrder() throws {
    let scratch = try Scratch()
    let blocks = (0..<(3 * 36)).map { UInt8($0) }
    let file = try MappedFile(path: try scratch.write(blocks, to: "blocks"))
    let tensor = try Tensor(name: "q", type: .q4_0, shape: [3, 64], file: file, range: 0..<108)
    _ = try SafetensorsFile.write(
      [WeightSource(tensor, name: "q") { 2 - $0 }], to: scratch("written"))
    let back = try SafetensorsFile(path: scratch("written"))
    #expect(back.entries[0].dtype == .u8 && back.entries[0].shape == [3, 36])
    let data = back.file.withBytes(back.entries[0].range) { Array($0) }
    #expect(data == Array(blocks[72...] + blocks[36..<72] + blocks[..<36]))
  }
}
