import CleaveConvert
import CleaveModel
import CleaveStorage
import TestSupport
import Testing

/// An import keeps all bytes of the weights and their origin, and does not depend on the day.
@Suite struct ImporterTests {
  static let checkpoints = [
    "tiny-llama3-f32", "tiny-tied-bf16-sharded", "tiny-f16-linear",
    "tiny-llama3-f32/tiny-llama3.f32.gguf", "tiny-tied-bf16-sharded/tiny-tied.q4_1.gguf",
    "tiny-tied-bf16-sharded/tiny-tied.q8_0.gguf", "tiny-f16-linear/tiny-linear.f16.gguf",
  ]

  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  @Test(arguments: checkpoints)
  func theSameTwice(checkpoint: String) throws {
    let source = Golden.path(checkpoint)
    let manifest = try Importer(source: source, target: scratch("one")).run()
    _ = try Importer(source: source, target: scratch("two")).run()
    for name in ["manifest.json"] + manifest.files.map(\.path) {
      #expect(try readFile(scratch("one/\(name)")) == readFile(scratch("two/\(name)")))
    }
    #expect(try Artifact(opening: scratch("one")).manifest == manifest)
    #expect(
      manifest.modelID
        == ModelIdentity.id(
          configuration: manifest.configuration, files: manifest.files))
  }

  /// A checkpoint that is written to while it is imported may be half of each.
  @Test func aSourceThatChangesMeanwhileIsNotImported() throws {
    let source = try scratch.copy(
      directory: Golden.path("tiny-tied-bf16-sharded"), to: "checkpoint")
    let path = "\(source)/config.json"
    var importer = Importer(source: source, target: scratch("out"))
    importer.progress = { _, _ in Scratch.setBack(path) }
    let error = #expect(throws: InputError.self) { try importer.run() }
    #expect(error?.file == path && error?.found == "a file that changed")
    #expect(Scratch.entries(scratch.path) == ["checkpoint"])
  }

  @Test(arguments: checkpoints)
  func provenanceNamesTheInputs(checkpoint: String) throws {
    let source = Golden.path(checkpoint)
    let manifest = try Importer(source: source, target: scratch("out")).run()
    let step = try #require(manifest.provenance.first)
    #expect(manifest.provenance.count == 1 && step.step == "import")
    let directory = checkpoint.hasSuffix(".gguf") ? Golden.path(parent(of: checkpoint)) : source
    #expect(
      step.inputs.contains { $0.name.hasSuffix(".gguf") || $0.name.hasSuffix(".safetensors") })
    for input in step.inputs {
      #expect(try FileDigest(of: readFile("\(directory)/\(input.name)")) == input.digest)
    }
  }

  private func parent(of path: String) -> String {
    path.split(separator: "/").dropLast().joined(separator: "/")
  }

  /// Compares with the GGUF's bytes: blocks keep their bits, rows of Q and K return to the halves
  /// that RoPE rotates, and nothing else is changed, added or left out.
  @Test(arguments: checkpoints.filter { $0.hasSuffix(".gguf") })
  func keepsEveryBit(checkpoint: String) throws {
    let manifest = try Importer(source: Golden.path(checkpoint), target: scratch("out")).run()
    let artifact = try Artifact(opening: scratch("out"))
    var left = Dictionary(
      uniqueKeysWithValues: try GGUFFile(path: Golden.path(checkpoint)).tensors().map {
        ($0.name, $0)
      })
    left["rope_freqs.weight"] = nil
    for file in manifest.files where !file.tensors.isEmpty {
      for (name, tensor) in try artifact.tensors(in: file.path) {
        let removed = left.removeValue(forKey: Self.ggufName(name))
        let original = try #require(removed, "\(name)")
        #expect(tensor.type == original.type && tensor.shape == original.shape)
        let bytes = original.withBytes { Array($0) }
        let isRotated = name.contains("query") || name.contains("key")
        let expected =
          isRotated
          ? Self.halves(bytes, rows: original.rows, head: manifest.configuration.headDimension)
          : bytes
        #expect(tensor.withBytes { $0.elementsEqual(expected) }, "\(name)")
      }
    }
    #expect(left.isEmpty, "\(left.keys.sorted())")
  }

  /// Moves row (head, pair, half) of a GGUF to row (head, half, pair) of a model.
  private static func halves(_ bytes: [UInt8], rows: Int, head: Int) -> [UInt8] {
    let width = bytes.count / rows
    var moved: [UInt8] = []
    for first in stride(from: 0, to: rows, by: head) {
      for half in 0..<2 {
        for pair in 0..<(head / 2) {
          let row = first + 2 * pair + half
          moved += bytes[(row * width)..<((row + 1) * width)]
        }
      }
    }
    return moved
  }

  private static func ggufName(_ name: String) -> String {
    let parts = [
      "token_embedding": "token_embd", "final_norm": "output_norm", "head": "output",
      "blocks": "blk", "attention_norm": "attn_norm", "query": "attn_q", "key": "attn_k",
      "value": "attn_v", "output": "attn_output", "feed_forward_norm": "ffn_norm",
      "gate": "ffn_gate", "up": "ffn_up", "down": "ffn_down",
    ]
    return name.split(separator: ".").map(String.init)
      .filter { $0 != "attention" && $0 != "feed_forward" }
      .map { parts[$0] ?? $0 }.joined(separator: ".")
  }

  /// Both formats of one model give the same weights.
  @Test func bothFormatsAgree() throws {
    let model = Golden.path("tiny-llama3-f32")
    let whole = try Importer(source: model, target: scratch("hf")).run()
    let gguf = try Importer(
      source: "\(model)/tiny-llama3.f32.gguf", target: scratch("gguf")
    ).run()
    let weights = { (manifest: Manifest) in
      manifest.files.filter { $0.path.hasPrefix("weights/") }
    }
    #expect(weights(whole) == weights(gguf) && weights(whole).count == 8)
  }

  @Test func existingTargetsAreRefusedBeforeWork() throws {
    _ = try scratch.makeDirectory("out")
    var importer = Importer(source: Golden.path(Self.checkpoints[0]), target: scratch("out"))
    importer.progress = { _, _ in Issue.record("work was begun") }
    let error = #expect(throws: InputError.self) { try importer.run() }
    #expect(error?.found == "something there already")
  }

  @Test func sourcesThatAreNoCheckpoint() throws {
    for (bytes, found) in [([UInt8](), "a file that"), (Array("GGU".utf8), "a file that")] {
      let path = try scratch.write(bytes, to: "file")
      let error = #expect(throws: InputError.self) {
        try Importer(source: path, target: scratch("out")).run()
      }
      #expect(error?.found.hasPrefix(found) == true)
    }
    #expect(throws: InputError.self) {
      try Importer(source: scratch("nothing"), target: scratch("out")).run()
    }
    #expect(throws: InputError.self) {
      try Importer(source: scratch.path, target: scratch("out")).run()
    }
  }
}
