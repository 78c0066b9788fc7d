import CleaveModel
import CleaveStorage
import CleaveText
import TestSupport
import Testing

/// Some thousand damaged files of each kind: nothing crashes or hangs, and what is refused is refused
/// as an input error.
@Suite struct ModelFuzzTests {
  @Test func safetensors() throws {
    let valid = SafetensorsBuilder([
      .init("a.weight", "F32", [2, 4], [UInt8](repeating: 1, count: 32)),
      .init("b", "BF16", [3], [UInt8](repeating: 2, count: 6)), .init("c", "U8", [], [3]),
    ]).bytes
    let scratch = try Scratch()
    #expect(try SafetensorsFile(path: try scratch.write(valid, to: "v")).entries.count == 3)
    var mutator = Mutator(seed: 1)
    expectInputErrorsOnly(3000) { _ in
      let path = try scratch.write(mutator.mutate(valid), to: "t")
      let file = try SafetensorsFile(path: path)
      for entry in file.entries where entry.dtype.tensorType != nil {
        _ = file.file.withBytes(entry.range) { $0.reduce(0) { $0 &+ Int($1) } }
      }
    }
  }

  /// Safetensors files with damaged JSON in the header, whose length is correct.
  @Test func safetensorsHeaders() throws {
    let entry = SafetensorsBuilder.entry
    let header = Array(
      ("{" + entry("a", "F32", "[2,4]", 0, 32) + "," + entry("b", "BF16", "[3]", 32, 38)
        + #","__metadata__":{"format":"pt"}}"#).utf8)
    let scratch = try Scratch()
    var mutator = Mutator(seed: 2)
    expectInputErrorsOnly(3000) { _ in
      let bytes = SafetensorsBuilder.file(
        header: mutator.mutate(text: header), data: [UInt8](repeating: 0, count: 38))
      _ = try SafetensorsFile(path: try scratch.write(bytes, to: "t"))
    }
  }

  @Test func manifests() throws {
    let valid = Array(try TinyArtifact.manifest(exits: [2, 4]).json.text(pretty: false).utf8)
    var mutator = Mutator(seed: 3)
    expectInputErrorsOnly(2000) { _ in
      let manifest = try Manifest(
        try JSONNode(parsing: mutator.mutate(text: valid), file: "m"))
      _ = manifest.totalBytes
      _ = manifest.json.text()
    }
  }

  @Test func tokenizers() throws {
    let valid = try Golden.bytes("tiny-llama3-f32/tokenizer.json")
    var mutator = Mutator(seed: 4)
    expectInputErrorsOnly(1500) { _ in
      let json = try JSON.parse(mutator.mutate(text: valid), file: "t")
      let tokenizer = try Tokenizer(JSONNode(json, file: "t"))
      let ids = tokenizer.encode("The night, before 12 noon: <|im_start|>é\u{1F600}\n")
      #expect(ids.allSatisfy { $0 >= 0 && $0 < tokenizer.vocabularySize })
    }
  }
}
