import CleaveExits
import CleaveConvert
import CleaveModel
import CleaveStorage
import TestSupport
import Testing

/// Tests `cleave export hf` against the bytes that transformers checked
/// (tools/golden/export_hf.py), and in a round trip.
@Suite struct HuggingFaceExportTests {
  private static let record = "export-hf.json"

  private func export(
    _ source: String, to target: String, change: (inout HuggingFaceExport) -> Void = { _ in }
  ) throws -> HuggingFaceExport.Result {
    var export = HuggingFaceExport(source: source, target: target)
    change(&export)
    return try export.run()
  }

  /// A model that is written to while it is exported may be half of each.
  @Test func aSourceThatChangesMeanwhileIsNotExported() throws {
    let scratch = try Scratch()
    let artifact = try #require(TinyModel.families.first).imported(into: scratch)
    let path = "\(artifact.path)/manifest.json"
    let error = #expect(throws: InputError.self) {
      try export(artifact.path, to: scratch("hf")) {
        $0.progress = { _, _ in Scratch.setBack(path) }
      }
    }
    #expect(error?.file == path && error?.found == "a file that changed")
    #expect(!FileSystem.exists(scratch("hf")))
  }

  @Test(arguments: TinyModel.families)
  func hasTheBytesThatTransformersJudged(_ tiny: TinyModel) throws {
    let scratch = try Scratch()
    let family = String(tiny.checkpoint.dropFirst("families/".count))
    let judged = try JSONNode(.parse(Golden.bytes(Self.record), file: "r"), file: "r")
      .required(family)
    _ = try tiny.bundles(exits: [2], into: scratch)
    _ = try export(scratch("model"), to: scratch("hf-whole"))
    _ = try export(scratch("edge"), to: scratch("hf-edge")) { $0.exit = 2 }
    _ = try export(scratch("cloud"), to: scratch("hf-cloud"))
    for part in ["whole", "edge", "cloud"] {
      let expected = try judged.required(part).members()
      #expect(
        try FileSystem.entries(of: scratch("hf-\(part)")).sorted() == expected.map(\.name).sorted())
      for (name, digest) in expected {
        let found = try FileDigest(ofFile: scratch("hf-\(part)/\(name)")).sha256
        #expect(try found == digest.string(), "\(part)/\(name)")
      }
    }
  }

  /// An export is a checkpoint of the same model.
  @Test(arguments: TinyModel.families)
  func importsAsTheSameModel(_ tiny: TinyModel) throws {
    let scratch = try Scratch()
    let model = try tiny.imported(into: scratch)
    _ = try export(model.path, to: scratch("hf"))
    let again = try Importer(source: scratch("hf"), target: scratch("again")).run()
    #expect(again.configuration == model.manifest.configuration)
    for file in model.manifest.files where file.path.hasPrefix("weights/") {
      let other = try #require(again.file(file.path))
      // Block types have become floats.
      for tensor in file.tensors where tensor.shape.count == 2 && !tensor.type.isQuantized {
        #expect(other.tensors.contains(tensor), "\(tensor.name)")
      }
      // Matrices and F32 tensors have the same bytes; norms may have become F32.
      if file.tensors.allSatisfy({
        $0.type == .f32 || $0.shape.count == 2 && !$0.type.isQuantized
      }) {
        #expect(other.digest == file.digest, "\(file.path)")
      }
    }
  }

  /// Quantized matrices become floats, which float32 holds exactly.
  @Test func quantizedMatricesBecomeFloats() throws {
    let scratch = try Scratch()
    let model = try TinyModel.q4_1.imported(into: scratch)
    for type in HuggingFaceExport.FloatType.allCases {
      _ = try export(model.path, to: scratch("hf-\(type.rawValue)")) { $0.type = type }
      let imported = try Importer(
        source: scratch("hf-\(type.rawValue)"), target: scratch("again-\(type.rawValue)")
      ).run()
      let query = imported.files.flatMap(\.tensors).first { $0.name.hasSuffix("query.weight") }
      #expect(query?.type.rawValue.lowercased() == type.rawValue)
    }
    let exact = try Artifact(opening: scratch("again-f32")).tensors(in: ArtifactLayout.block(3))
    let blocks = try model.tensors(in: ArtifactLayout.block(3))
    for (name, tensor) in blocks where tensor.shape.count == 2 {
      #expect(try #require(exact[name]).floats() == tensor.floats(), "\(name)")
    }
  }

  @Test func shardsWithAnIndex() throws {
    let scratch = try Scratch()
    let model = try TinyModel.llama3.imported(into: scratch)
    _ = try export(model.path, to: scratch("hf")) { $0.largestFile = 200_000 }
    #expect(FileSystem.exists(scratch("hf/model.safetensors.index.json")))
    let shards = try FileSystem.entries(of: scratch("hf")).filter { $0.hasSuffix(".safetensors") }
    #expect(shards.count > 1)
    #expect(shards.allSatisfy { $0.hasSuffix("-of-0000\(shards.count).safetensors") })
    let again = try Importer(source: scratch("hf"), target: scratch("again")).run()
    #expect(again.modelID == model.manifest.modelID)
  }

  @Test func whatIsThereStaysUnlessForced() throws {
    let scratch = try Scratch()
    let model = try TinyModel.llama3.imported(into: scratch)
    _ = try export(model.path, to: scratch("hf"))
    #expect(throws: InputError.self) { try export(model.path, to: scratch("hf")) }
    _ = try export(model.path, to: scratch("hf")) { $0.force = true }
    _ = try scratch.copy(directory: Golden.path("tls"), to: "other")
    #expect(throws: InputError.self) {
      try export(model.path, to: scratch("other")) { $0.force = true }
    }
  }

  @Test func whatHasNoWordIsRefused() throws {
    let scratch = try Scratch()
    let gguf = TinyModel(checkpoint: "tiny-llama3-f32/tiny-llama3.f32.gguf", expectation: "")
    let divisors = try gguf.imported(into: scratch, name: "gguf")
    let error = #expect(throws: InputError.self) {
      try export(divisors.path, to: scratch("hf"))
    }
    #expect(error?.found == "divisors")
    let bundles = try TinyModel.llama3.bundles(exits: [2], into: scratch) {
      $0.placement.bodies = [.mlp]
    }
    #expect(throws: InputError.self) {
      try export(bundles.edge.path, to: scratch("hf")) { $0.exit = 2 }
    }
    #expect(throws: InputError.self) { try export(bundles.edge.path, to: scratch("hf")) }
    #expect(throws: InputError.self) {
      try export(bundles.cloud.path, to: scratch("hf")) { $0.exit = 2 }
    }
  }

  /// In an exported edge, the tail's blocks follow the model's.
  @Test func anEdgeWithATail() throws {
    let scratch = try Scratch()
    let gemma = try #require(TinyModel.families.first { $0.checkpoint == "families/gemma3" })
    let bundles = try gemma.bundles(exits: [2], into: scratch) {
      $0.placement.bodies = [.tail(blocks: 2)]
    }
    let result = try export(bundles.edge.path, to: scratch("hf")) { $0.exit = 2 }
    #expect(result.blocks == 4)
    let model = try Importer(source: scratch("hf"), target: scratch("again")).run()
    // The blocks are 0 and 1, then copies of 5 and 6, the first of which has no window.
    #expect(model.configuration.window?.blocks == [0, 1, 3])
  }
}
