import CleaveModel
import CleaveStorage
import TestSupport
import Testing

/// A directory that is not what its manifest says.
@Suite struct ArtifactContentsTests {
  private let scratch: Scratch
  private let artifact: Artifact
  private static let head = "weights/head.safetensors"

  init() throws {
    scratch = try Scratch()
    artifact = try TinyArtifact.make(in: scratch)
  }

  private func refusal() -> InputError? {
    #expect(throws: InputError.self) { try Artifact(opening: scratch("artifact")) }
  }

  @Test func notAnArtifact() throws {
    let error = #expect(throws: InputError.self) { try Artifact(opening: scratch("none")) }
    #expect(error?.found == "nothing there")
    let file = try scratch.write("text", to: "file")
    #expect(throws: InputError.self) { try Artifact(opening: file) }
    try scratch.remove("artifact/manifest.json")
    #expect(refusal()?.found == "no manifest.json")
  }

  /// A name is a person's or a file's: whoever prints the error must not run what is in it.
  @Test func controlCharactersInPathsAreShown() {
    let path = scratch("no\u{1B}[2Jne")
    let error = #expect(throws: InputError.self) { try Artifact(opening: path) }
    #expect(error?.file == path)
    #expect(error?.description.hasPrefix(scratch("no\\u{1b}[2Jne: found nothing")) == true)
    let output = #expect(throws: OutputError.self) {
      try ArtifactWriter(target: scratch("new"), sources: [], force: false).write(
        [1], to: "\u{1B}/a/b")
    }
    #expect(output?.description.contains("\u{1B}") == false)
  }

  @Test func roles() throws {
    try artifact.require(role: .model)
    let error = #expect(throws: InputError.self) { try artifact.require(role: .edge) }
    #expect(error?.location == "role" && error?.found == "model" && error?.expected == "edge")
  }

  @Test func missingFile() throws {
    try scratch.remove("artifact/\(Self.head)")
    #expect(refusal()?.file == scratch("artifact/\(Self.head)"))
  }

  @Test func aPipeInPlaceOfAFile() throws {
    try scratch.makePipe("artifact/\(Self.head)")
    #expect(refusal()?.found == "not a file")
    try scratch.makePipe("artifact/manifest.json")
    #expect(refusal()?.found == "not a file")
  }

  @Test(arguments: [-1, 1])
  func wrongSize(difference: Int) throws {
    let bytes = try readFile(scratch("artifact/\(Self.head)"))
    try scratch.write(
      difference < 0 ? Array(bytes.dropLast()) : bytes + [0], to: "artifact/\(Self.head)")
    let error = refusal()
    #expect(error?.found == "\(bytes.count + difference) bytes")
    #expect(error?.expected == "\(bytes.count), as the manifest says")
  }

  /// A damaged header of the right size, which only the header's own check can find.
  @Test(arguments: [
    ("F32", "I32", "final_norm.weight I32 [64]"), ("[64]", "[ 8]", "8"),
    ("final_norm", "final_nose", "final_nose.weight F32 [64]"),
  ])
  func headersThatDisagree(old: String, new: String, found: String) throws {
    #expect(try artifact.tensors(in: Self.head).count == 1)
    var bytes = try readFile(scratch("artifact/\(Self.head)"))
    let from = Array(old.utf8)
    let start = try #require(
      bytes.indices.first { bytes[$0...].starts(with: from) })
    bytes.replaceSubrange(start..<(start + from.count), with: Array(new.utf8))
    try scratch.write(bytes, to: "artifact/\(Self.head)")
    let opened = try Artifact(opening: artifact.path)
    let error = #expect(throws: InputError.self) { try opened.tensors(in: Self.head) }
    #expect(error?.file == scratch("artifact/\(Self.head)"))
    #expect(error?.description.contains(found) == true, "\(error?.description ?? "")")
  }

  @Test func moreTensorsThanTheManifest() throws {
    let bytes = try readFile(scratch("artifact/\(Self.head)"))
    let length = Int(bytes[0]) + 256 * Int(bytes[1])
    let entry = SafetensorsBuilder.entry
    var header = "{" + entry("a", "U8", "[1]", 0, 1) + "," + entry("b", "U8", "[255]", 1, 256) + "}"
    header += String(repeating: " ", count: length - header.utf8.count)
    try scratch.write(
      SafetensorsBuilder.file(header: header, data: Array(bytes[(8 + length)...])),
      to: "artifact/\(Self.head)")
    let opened = try Artifact(opening: artifact.path)
    let error = #expect(throws: InputError.self) { try opened.tensors(in: Self.head) }
    #expect(error?.location == "header" && error?.found == "2 tensors")
    #expect(error?.expected == "1, as the manifest says")
    let missing = #expect(throws: InputError.self) { try opened.tensors(in: "../x") }
    #expect(missing?.found == "no ../x")
  }

  @Test func oneFlippedByte() throws {
    #expect(try artifact.damagedFiles() == [])
    for file in artifact.manifest.files {
      var bytes = try readFile(scratch("artifact/\(file.path)"))
      let original = bytes
      bytes[bytes.count / 2] ^= 0x10
      try scratch.write(bytes, to: "artifact/\(file.path)")
      #expect(try artifact.damagedFiles() == [file.path])
      try scratch.write(original, to: "artifact/\(file.path)")
    }
    var read = 0
    #expect(try artifact.damagedFiles { read += $0 } == [])
    #expect(read == artifact.manifest.totalBytes)
  }
}
