import CleaveConvert
import CleaveModel
import CleaveStorage
import TestSupport
import Testing

/// Files of a directory that are not what they should be, and what the person is told to do.
@Suite struct DirectoryFilesTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func refusal(
    _ source: String = "source", _ change: () throws -> Void
  ) throws -> InputError? {
    try TinyDirectory().write(to: scratch)
    try change()
    return #expect(throws: InputError.self) {
      try Importer(source: scratch(source), target: scratch("out")).run()
    }
  }

  @Test(arguments: [
    ("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 5\n", "git-lfs pointer"),
    ("<!DOCTYPE html><html></html>", "HTML"),
  ])
  func noTemplate(text: String, found: String) throws {
    let error = try refusal { try scratch.write(text, to: "source/chat_template.jinja") }
    #expect(error?.file == scratch("source/chat_template.jinja"))
    #expect(error?.found.contains(found) == true && error?.advice != nil)
  }

  @Test(arguments: ["config.json", "generation_config.json", "tokenizer_config.json"])
  func aByteOrderMarkIsSkipped(file: String) throws {
    try TinyDirectory().write(to: scratch)
    let text = file == "config.json" ? TinyDirectory().config : "{}"
    try scratch.write("\u{FEFF}\(text)", to: "source/\(file)")
    _ = try Importer(source: scratch("source"), target: scratch("out")).run()
  }

  @Test func partsWithoutAnIndex() throws {
    let error = try refusal {
      try scratch.remove("source/model.safetensors")
      try scratch.write("", to: "source/model-00001-of-00002.safetensors")
    }
    #expect(error?.advice?.hasPrefix("These are parts of a model: download all") == true)
  }

  /// Names that almost are those of parts, and names of dots.
  @Test(arguments: ["...", "model-of-00002.safetensors", "a-b-of-c.safetensors", ".safetensors"])
  func otherNames(name: String) throws {
    let error = try refusal {
      try scratch.remove("source/model.safetensors")
      try scratch.write("", to: "source/\(name)")
    }
    #expect(error?.advice?.hasPrefix("These are parts") == false, "\(error?.advice ?? "")")
  }

  /// The cache of huggingface_hub has the files three levels down.
  @Test func theDirectoryIsFurtherInside() throws {
    let error = try refusal("cache") {
      for name in ["cache", "cache/refs", "cache/snapshots", "cache/snapshots/abc"] {
        _ = try scratch.makeDirectory(name)
      }
      try scratch.write("{}", to: "cache/snapshots/abc/config.json")
    }
    #expect(
      error?.advice == "There is one in \(scratch("cache/snapshots/abc")): give that directory.")
  }

  @Test func aGGUFFileBesideTheConfiguration() throws {
    let error = try refusal {
      try scratch.remove("source/tokenizer.json")
      try scratch.write("GGUF", to: "source/model.gguf")
    }
    #expect(error?.advice == "Give the path of the GGUF file itself.")
  }

  /// Both places where a file that is cut short shows it first.
  @Test(arguments: [40, 200_000]) func aGGUFFileThatIsCutShort(count: Int) throws {
    let whole = try Golden.bytes("tiny-tied-bf16-sharded/tiny-tied.q4_1.gguf")
    let path = try scratch.write(Array(whole.prefix(min(count, whole.count - 1))), to: "m.gguf")
    let error = #expect(throws: InputError.self) {
      try Importer(source: path, target: scratch("out")).run()
    }
    #expect(error?.advice == "If its download was interrupted, download it again.")
  }
}
