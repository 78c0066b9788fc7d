import CleaveConvert
import CleaveModel
import CleaveStorage
import TestSupport
import Testing

/// Tests of models that are split into several GGUF files.
@Suite struct GGUFSplitTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  /// The tiny model in parts of four tensors, as gguf-split makes them: the first part holds the
  /// metadata.
  private static func parts() -> [GGUFBuilder] {
    let whole = GGUFBuilder.tinyModel
    let starts = Array(stride(from: 0, to: whole.tensors.count, by: 4))
    return starts.enumerated().map { number, start in
      var part = number == 0 ? whole : GGUFBuilder()
      part.tensors = Array(whole.tensors[start..<min(start + 4, whole.tensors.count)])
      part.set("split.no", .uint16(UInt16(number)))
      part.set("split.count", .uint16(UInt16(starts.count)))
      part.set("split.tensors.count", .int32(Int32(whole.tensors.count)))
      return part
    }
  }

  private static func name(_ number: Int, of count: Int = 3) -> String {
    "m-0000\(number)-of-0000\(count).gguf"
  }

  /// Writes the parts into a directory.
  private func write(_ parts: [GGUFBuilder] = parts(), to directory: String = "d") throws {
    _ = try scratch.makeDirectory(directory)
    for (index, part) in parts.enumerated() {
      try scratch.write(part.bytes, to: "\(directory)/\(Self.name(index + 1))")
    }
  }

  private func refusal(_ name: String = "d/m-00001-of-00003.gguf") -> InputError? {
    #expect(throws: InputError.self) {
      try Importer(source: scratch(name), target: scratch("out")).run()
    }
  }

  @Test(arguments: ["d/m-00001-of-00003.gguf", "d/m-00003-of-00003.gguf", "d", "d/"])
  func aPartOrTheDirectoryNamesThemAll(source: String) throws {
    let whole = try scratch.write(GGUFBuilder.tinyModel.bytes, to: "whole.gguf")
    let model = try Importer(source: whole, target: scratch("whole")).run()
    try write()
    let manifest = try Importer(source: scratch(source), target: scratch("out")).run()
    #expect(manifest.modelID == model.modelID)
    #expect(manifest.provenance[0].inputs.map(\.name) == (1...3).map { Self.name($0) })
    let summary = try CheckpointSummary(path: scratch(source))
    #expect(summary.format == "GGUF version 3, 3 parts")
    #expect(summary.tensors.count == GGUFBuilder.tinyModel.tensors.count)
    #expect(summary.settings.contains { $0.name == "general.architecture" })
  }

  /// Merging parts leaves a count of 0, and one part is a whole file, whatever its name.
  @Test(arguments: [UInt16(0), 1]) func aFileThatIsNotSplit(count: UInt16) throws {
    var builder = GGUFBuilder.tinyModel
    builder.set("split.count", .uint16(count))
    let path = try scratch.write(builder.bytes, to: "m.gguf")
    _ = try Importer(source: path, target: scratch("out")).run()
  }

  @Test func missingPartsAreNamed() throws {
    try write()
    try scratch.remove("d/\(Self.name(2))")
    for source in ["d/\(Self.name(1))", "d/\(Self.name(3))", "d"] {
      let error = refusal(source)
      #expect(error?.found.contains(", without \(scratch("d/" + Self.name(2)))") == true)
      #expect(error?.expected == "all 3 parts in one directory")
    }
  }

  @Test func aPartNeedsItsName() throws {
    try write()
    for name in ["m.gguf", "m-1-of-3.gguf", "m-00004-of-00003.gguf"] {
      try scratch.write(Self.parts()[1].bytes, to: name)
      let error = refusal(name)
      #expect(error?.found == "a file that says it is part 2 of 3")
      #expect(error?.expected == "a name that ends in -00002-of-00003.gguf")
    }
    try scratch.write(Self.parts()[1].bytes, to: Self.name(1))
    #expect(refusal(Self.name(1))?.found == "part 2 of 3")
    #expect(refusal(Self.name(1))?.expected == "part 1 of 3, as its name says")
    try scratch.write(Self.parts()[1].bytes, to: Self.name(2, of: 4))
    #expect(refusal(Self.name(2, of: 4))?.expected == "part 2 of 4, as its name says")
  }

  struct Fault: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let location: String
    let found: String
    let change: @Sendable (inout GGUFBuilder) -> Void
  }

  /// Faults of the second part.
  static let faults: [Fault] = [
    Fault(
      testDescription: "another part", location: "split.no", found: "part 3 of 3",
      change: { $0.set("split.no", .uint16(2)) }),
    Fault(
      testDescription: "another count", location: "split.no", found: "part 2 of 5",
      change: { $0.set("split.count", .uint16(5)) }),
    Fault(
      testDescription: "beyond the count", location: "split.no", found: "3",
      change: { $0.set("split.no", .uint16(3)) }),
    Fault(
      testDescription: "no number", location: "metadata", found: "no split.no",
      change: { $0.set("split.no", nil) }),
    Fault(
      testDescription: "no tensor count", location: "metadata", found: "no split.tensors.count",
      change: { $0.set("split.tensors.count", nil) }),
    Fault(
      testDescription: "too many parts", location: "split.count", found: "65536",
      change: { $0.set("split.count", .uint32(65536)) }),
    Fault(
      testDescription: "a whole file", location: "split.count", found: "a whole file",
      change: { $0.set("split.count", nil) }),
    Fault(
      testDescription: "another number of tensors", location: "split.tensors.count", found: "12",
      change: { $0.set("split.tensors.count", .int32(12)) }),
    Fault(
      testDescription: "another model", location: "general.architecture", found: "\"qwen2\"",
      change: { $0.set("general.architecture", .string("qwen2")) }),
    Fault(
      testDescription: "a setting of its own", location: "general.name", found: "\"x\"",
      change: { $0.set("general.name", .string("x")) }),
    Fault(
      testDescription: "a tensor twice", location: "token_embd.weight",
      found: "a tensor that",
      change: { $0.tensors[0] = GGUFBuilder.tinyModel.tensors[0] }),
    Fault(
      testDescription: "a tensor too few", location: "split.tensors.count", found: "11",
      change: { $0.tensors.removeLast() }),
  ]

  @Test(arguments: faults) func partsThatDoNotBelongTogether(fault: Fault) throws {
    var parts = Self.parts()
    fault.change(&parts[1])
    try write(parts)
    let error = refusal()
    #expect(error?.location == fault.location)
    #expect(error?.found.hasPrefix(fault.found) == true, "\(error?.found ?? "")")
    #expect(Scratch.entries(scratch.path) == ["d"])
  }

  /// A part may have an alignment of its own, and the first may hold no tensors.
  @Test func alignmentsAndAPartOfMetadataOnly() throws {
    var parts = Self.parts()
    parts[1].tensors = parts[0].tensors + parts[1].tensors
    parts[0].tensors = []
    parts[1].alignment = 64
    parts[1].set("general.alignment", .uint32(64))
    try write(parts)
    let manifest = try Importer(source: scratch("d"), target: scratch("out")).run()
    #expect(manifest.blocks == 0..<1)
  }

  @Test func aDirectoryWithSeveralModels() throws {
    try write()
    try scratch.write(GGUFBuilder.tinyModel.bytes, to: "d/other.gguf")
    let error = refusal("d")
    #expect(error?.found == "2 GGUF models: m-00001-of-00003.gguf, other.gguf")
    #expect(error?.advice == "Give the file instead of the directory.")
  }
}
