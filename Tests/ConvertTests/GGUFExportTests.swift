import CleaveConvert
import CleaveModel
import CleaveStorage
import CleaveText
import TestSupport
import Testing

/// Tests `cleave export gguf`: what it writes, and that nothing is lost in a round trip.
@Suite struct GGUFExportTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  @discardableResult
  private func export(
    _ artifact: Artifact, to name: String = "export.gguf", exit: Int? = nil
  ) throws -> GGUFExport.Result {
    var export = GGUFExport(source: artifact.path, target: scratch(name))
    export.exit = exit
    return try export.run()
  }

  private func reimported(_ name: String = "export.gguf") throws -> Artifact {
    _ = try Importer(source: scratch(name), target: scratch("again")).run()
    return try Artifact(opening: scratch("again"))
  }

  private static func bytes(_ tensor: Tensor) -> [UInt8] { tensor.withBytes { Array($0) } }

  private static func tensors(of artifact: Artifact) throws -> [String: Tensor] {
    var all: [String: Tensor] = [:]
    for file in artifact.manifest.files where file.path.hasPrefix("weights/") {
      all.merge(try artifact.tensors(in: file.path)) { first, _ in first }
    }
    return all
  }

  static let ggufs = TinyModel.all.filter { $0.checkpoint.hasSuffix(".gguf") }
  static let directories = TinyModel.all.filter { !$0.checkpoint.hasSuffix(".gguf") }

  /// A model that came from a GGUF file is exported with all bytes of all tensors.
  @Test(arguments: ggufs) func everyTensorKeepsItsBytes(_ tiny: TinyModel) throws {
    try export(try tiny.imported(into: scratch))
    let written = try GGUFFile(path: scratch("export.gguf")).tensors()
    let source = try GGUFFile(path: Golden.path(tiny.checkpoint)).tensors()
    let judged = Dictionary(uniqueKeysWithValues: source.map { ($0.name, $0) })
    #expect(Set(written.map(\.name)) == Set(judged.keys))
    for tensor in written {
      let other = try #require(judged[tensor.name])
      #expect(tensor.type == other.type && tensor.shape == other.shape, "\(tensor.name)")
      #expect(Self.bytes(tensor) == Self.bytes(other), "\(tensor.name)")
    }
  }

  /// A file that is written to while it is exported may be half of each.
  @Test func aSourceThatChangesMeanwhileIsNotExported() throws {
    let artifact = try Self.ggufs[0].imported(into: scratch)
    let path = "\(artifact.path)/manifest.json"
    var export = GGUFExport(source: artifact.path, target: scratch("export.gguf"))
    export.progress = { _, _ in Scratch.setBack(path) }
    let error = #expect(throws: InputError.self) { try export.run() }
    #expect(error?.file == path && error?.found == "a file that changed")
    #expect(!FileSystem.exists(scratch("export.gguf")))
  }

  /// The model ID covers the configuration, the tokenizer and all weights.
  @Test(arguments: ggufs) func anImportOfTheExportIsTheSameModel(_ tiny: TinyModel) throws {
    let artifact = try tiny.imported(into: scratch)
    try export(artifact)
    let again = try reimported()
    #expect(again.manifest.modelID == artifact.manifest.modelID)
    #expect(again.manifest.tokens == artifact.manifest.tokens)
  }

  /// Norms become F32 and a new tokenizer.json is made; numbers and ids stay the same.
  @Test(arguments: directories) func nothingIsLostOnTheWay(_ tiny: TinyModel) throws {
    let artifact = try tiny.imported(into: scratch)
    #expect(try export(artifact).notes.isEmpty)
    let again = try reimported()
    let (before, after) = (try Self.tensors(of: artifact), try Self.tensors(of: again))
    #expect(Set(before.keys) == Set(after.keys))
    for (name, tensor) in after {
      let source = try #require(before[name])
      if tensor.shape.count == 1 {
        #expect(tensor.type == .f32)
        #expect(try tensor.widened() == source.widened(), "\(name)")
      } else {
        #expect(tensor.type == source.type && Self.bytes(tensor) == Self.bytes(source), "\(name)")
      }
    }
    var (one, other) = (artifact.manifest.configuration, again.manifest.configuration)
    let head = one.headDimension
    #expect(
      one.rope.inverseFrequencies(
        headDimension: head, contextLength: one.contextLength)
        == other.rope.inverseFrequencies(
          headDimension: head, contextLength: one.contextLength))
    (one.rope, other.rope) = (RoPE(theta: 1), RoPE(theta: 1))
    #expect(one == other)
    #expect(again.manifest.tokens.chatTemplate == artifact.manifest.tokens.chatTemplate)
    #expect(again.manifest.tokens.beginOfText == artifact.manifest.tokens.beginOfText)
    let (left, right) = (
      try Tokenizer(try artifact.tokenizerJSON()), try Tokenizer(try again.tokenizerJSON())
    )
    #expect(left.vocabularySize == right.vocabularySize)
    for text in try GoldenTokenizer.corpus() + tiny.expected().map(\.text) {
      #expect(left.encode(text) == right.encode(text))
    }
  }

  /// The gguf package read these very bytes and found what is expected here
  /// (tools/golden/export_expected.py).
  @Test(arguments: [("whole", nil), ("exit-2", 2), ("q4_1", nil)] as [(String, Int?)])
  func theGGUFPackageReadsWhatIsWritten(name: String, exit: Int?) throws {
    let artifact =
      try name == "q4_1"
      ? TinyModel.q4_1.imported(into: scratch)
      : TinyModel.llama3.withExits([2, 4], into: scratch)
    let result = try export(artifact, exit: exit)
    let expected = try FileSystem.readJSON(Golden.path("export/\(name).json"))
    let file = try GGUFFile(path: scratch("export.gguf"))
    let metadata = try expected.required("metadata").members()
    #expect(file.metadata.map(\.key) == metadata.map(\.name))
    let tensors = try file.tensors()
    let judged = try expected.required("tensors").elements()
    #expect(tensors.count == judged.count && result.tensors == judged.count)
    for (tensor, judged) in zip(tensors, judged) {
      #expect(try tensor.name == judged.required("name").string())
      #expect(try tensor.type.rawValue == judged.required("type").string())
      #expect(try tensor.range.lowerBound == judged.required("offset").int())
      #expect(
        try FileDigest(of: Self.bytes(tensor)).sha256 == judged.required("sha256").string())
    }
    #expect(try result.files[0].digest.sha256 == expected.required("sha256").string())
    #expect(try result.files[0].digest == FileDigest(ofFile: scratch("export.gguf")))
  }

  @Test func theEdgeGivesTheSameFileAsTheModel() throws {
    let (model, edge, _) = try TinyModel.sharded.bundles(exits: [2, 4], into: scratch)
    for depth in [2, 4] {
      let one = try export(model, to: "model-\(depth).gguf", exit: depth)
      let other = try export(edge, to: "edge-\(depth).gguf", exit: depth)
      #expect(one.files[0].digest == other.files[0].digest && one.blocks == depth)
    }
  }

  /// Models have more embedding rows than their tokenizers have tokens.
  @Test func idsWithoutATokenAreNamedAndUnused() throws {
    let artifact = try TinyModel.widerVocabulary(into: scratch)
    try export(artifact)
    let file = try GGUFFile(path: scratch("export.gguf"))
    guard case .array(let tokens)? = file["tokenizer.ggml.tokens"],
      case .array(let types)? = file["tokenizer.ggml.token_type"]
    else { return #expect(Bool(false), "no tokens") }
    #expect(tokens.count == 352 && types.count == 352)
    #expect(tokens[351].text == "[PAD351]" && types[351].integer == 5)
    #expect(types[0].integer == 3 && types[300].integer == 1)
    let again = try reimported()
    #expect(again.manifest.configuration == artifact.manifest.configuration)
  }
}

extension GGUFValue {
  fileprivate var text: String? {
    if case .string(let text) = self { text } else { nil }
  }
  fileprivate var integer: Int64? {
    switch self {
    case .signed(let value): value
    case .unsigned(let value): Int64(value)
    default: nil
    }
  }
}
