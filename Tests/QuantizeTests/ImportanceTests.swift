import CleaveKernels
import CleaveModel
import CleaveQuantize
import CleaveStorage
import TestSupport
import Testing

/// Tests of importance files: reading, refusals and effect.
@Suite struct ImportanceTests {
  private let digest = String(repeating: "0a", count: 32)

  /// Vectors for all matrices of the model except those named.
  private func vectors(
    _ artifact: Artifact, without: Set<String> = []
  ) throws -> [String: [Float]] {
    var random = SplitMix64(seed: 5)
    return try QuantizationPlan(artifact, settings: settings(.q4_0)).entries
      .filter { !$0.name.contains("norm") && !without.contains($0.name) }
      .reduce(into: [:]) { all, entry in
        all[entry.name] = (0..<entry.shape[1]).map { _ in
          let value = Float.random(in: 0...1, using: &random)
          return value * value * value
        }
      }
  }

  private func write(
    _ vectors: [String: [Float]], _ artifact: Artifact, to path: String
  ) throws {
    try ImportanceFile.write(
      vectors,
      origin: .init(modelID: artifact.manifest.modelID, dataSHA256: digest, tokens: 1000), to: path)
  }

  @Test func whatIsWrittenIsRead() throws {
    let scratch = try Scratch()
    let artifact = try SmallModel().make(in: scratch)
    var vectors = try vectors(artifact)
    // Its last character and the point behind it are one to Swift.
    vectors["m\u{600}"] = [1]
    try write(vectors, artifact, to: scratch("imatrix"))
    let file = try ImportanceFile(path: scratch("imatrix"))
    #expect(file.tensorNames == Set(vectors.keys))
    #expect(
      file.origin
        == .init(modelID: artifact.manifest.modelID, dataSHA256: self.digest, tokens: 1000))
    for (name, values) in vectors { #expect(try file.importance(of: name) == values) }
    #expect(try file.importance(of: "nobody") == nil)
    let digest = try FileDigest(ofFile: scratch("imatrix"))
    #expect(file.digest == digest)
    try expectRefusal("something there already", "--force") {
      try write(vectors, artifact, to: scratch("imatrix"))
    }
    try ImportanceFile.write(
      ["a": [1]], origin: try #require(file.origin), to: scratch("imatrix"), force: true)
    #expect(try ImportanceFile(path: scratch("imatrix")).tensorNames == ["a"])
    try expectRefusal("found something of another kind") {
      try ImportanceFile.write(
        ["a": [1]], origin: try #require(file.origin), to: artifact.path, force: true)
    }
    #expect(Set(Scratch.entries(scratch.path)) == ["model", "imatrix"])
  }

  @Test func itDecidesTheBlocks() throws {
    let scratch = try Scratch()
    let artifact = try SmallModel().make(in: scratch)
    // The embedding is not the head, so that it has no importance and needs none.
    let vectors = try vectors(artifact, without: ["token_embedding.weight"])
    try write(vectors, artifact, to: scratch("imatrix"))
    let (manifest, plan, _) = try Quantizer(
      source: artifact.path, target: scratch("out"),
      settings: settings(.balanced, effort: .search, importance: scratch("imatrix"))
    ).run()
    let (before, after) = (
      try allTensors(artifact), try allTensors(Artifact(opening: scratch("out")))
    )
    for entry in plan.entries where !entry.isCopied {
      let source = try #require(before[entry.name])
      let found = bytes(try #require(after[entry.name]))
      let importance = vectors[entry.name]
      #expect(
        found == quantized(source, to: entry.type, importance: importance, effort: CK_SEARCH))
      let blind = quantized(source, to: entry.type, effort: CK_SEARCH)
      #expect((found == blind) == (importance == nil), "\(entry.name)")
    }
    let input = try #require(manifest.provenance.last?.inputs.last)
    #expect(input.name == "imatrix")
    let digest = try FileDigest(ofFile: scratch("imatrix"))
    #expect(input.digest == digest)
  }

  @Test(arguments: ["head.weight", "blocks.2.feed_forward.down.weight", "token_embedding.weight"])
  func aMatrixOfWhichNothingIsKnown(name: String) throws {
    let scratch = try Scratch()
    let tied = name == "token_embedding.weight"
    let artifact = try SmallModel(tied: tied).make(in: scratch)
    try write(try vectors(artifact, without: [name]), artifact, to: scratch("imatrix"))
    try expectRefusal("imatrix: \(name).importance: found no such vector") {
      try planned(artifact.path, settings(.q4_K, effort: .search, importance: scratch("imatrix")))
    }
    // A float type needs no importance.
    _ = try planned(
      artifact.path,
      settings(
        .q4_K, overrides: ["\(name)=F16"], effort: .search, importance: scratch("imatrix")))
  }

  @Test func whatDoesNotFitTheModel() throws {
    let scratch = try Scratch()
    let artifact = try SmallModel().make(in: scratch)
    let name = "blocks.0.attention.query.weight"
    func refuse(_ texts: String, _ vectors: [String: [Float]], model: Artifact? = nil) throws {
      let path = scratch("imatrix-\(texts.hashValue)")
      try write(vectors, model ?? artifact, to: path)
      try expectRefusal(texts) {
        try planned(artifact.path, settings(.q4_0, effort: .search, importance: path))
      }
    }
    var short = try vectors(artifact)
    short[name]?.removeLast()
    try refuse("\(name).importance: found 255 numbers; expected 256", short)
    let other = try SmallModel(tied: true).make(in: scratch, name: "other")
    try refuse(
      "__metadata__.model_id: found \(other.manifest.modelID)", try vectors(other), model: other)
    try write(try vectors(artifact), artifact, to: scratch("good"))
    try expectRefusal("importance", "effort plain") {
      try planned(artifact.path, settings(.q4_0, importance: scratch("good")))
    }
  }

  private func file(
    _ metadata: String, name: String = "a.importance", dtype: String = "F32",
    shape: String = "[2]", values: [Float] = [1, 2]
  ) -> [UInt8] {
    let data = values.flatMap { littleEndian($0.bitPattern) }
    let entry = SafetensorsBuilder.entry(name, dtype, shape, 0, data.count)
    return SafetensorsBuilder.file(
      header: #"{"__metadata__":{\#(metadata)},\#(entry)}"#, data: data)
  }

  private static let zeros = String(repeating: "0", count: 64)
  private static let good =
    #""cleave.imatrix":"1","model_id":"\#(zeros)","data_sha256":"\#(zeros)","tokens":"7""#

  @Test(arguments: [
    ("", "found no cleave.imatrix"),
    (good.replacing(#"imatrix":"1""#, with: #"imatrix":"2""#), "found 2; expected version 1"),
    (good.replacing(#","tokens":"7""#, with: ""), "found no tokens"),
    (good.replacing(#""7""#, with: #""0""#), "tokens: found 0"),
    (good.replacing(#""7""#, with: #""+7""#), "tokens: found +7"),
    (good.replacing(#""model_id":"0"#, with: #""model_id":"x"#), "model_id: found x0"),
    (good.replacing(#""data_sha256":"0"#, with: #""data_sha256":""#), "data_sha256: found 0"),
  ])
  func headersThatSayTooLittle(metadata: String, text: String) throws {
    let scratch = try Scratch()
    try scratch.write(file(metadata), to: "imatrix")
    try expectRefusal("imatrix: __metadata__", text) {
      try ImportanceFile(path: scratch("imatrix"))
    }
  }

  @Test func vectorsThatAreNone() throws {
    let scratch = try Scratch()
    func refuse(_ text: String, _ bytes: [UInt8]) throws {
      try scratch.write(bytes, to: "imatrix")
      try expectRefusal(text) {
        try ImportanceFile(path: scratch("imatrix")).importance(of: "a")
      }
    }
    try refuse("a.weight: found F32 [2]; expected F32 vectors", file(Self.good, name: "a.weight"))
    try refuse("a.importance: found I32 [2]", file(Self.good, dtype: "I32"))
    try refuse("a.importance: found F32 [1, 2]", file(Self.good, shape: "[1,2]"))
    try refuse("a.importance[1]: found -1.0", file(Self.good, values: [1, -1]))
    try refuse("a.importance[0]: found nan", file(Self.good, values: [.nan, 1]))
    try refuse("a.importance[1]: found inf", file(Self.good, values: [0, .infinity]))
  }
}
