import CleaveModel
import CleaveQuantize
import CleaveRuntime
import CleaveStorage
import TestSupport
import Testing

/// Tests of `cleave imatrix`.
@Suite struct ImportanceMeasurementTests {
  private let scratch: Scratch
  private let text: CalibrationText

  init() throws {
    scratch = try Scratch()
    text = try CalibrationText(in: scratch)
  }

  private func measurement(
    _ model: Artifact, to name: String = "imatrix", windows: Int? = 2
  ) -> ImportanceMeasurement {
    var measurement = ImportanceMeasurement(
      source: model.path, data: text.training, target: scratch(name))
    measurement.windows = windows
    measurement.windowLength = 64
    return measurement
  }

  private func floats(_ tensor: Tensor) -> [Float] {
    values(bytes(tensor), tensor.type, count: tensor.rows * tensor.rowElements)
  }

  /// The first block reads the normalized embeddings, computed here from the definition.
  @Test func theFirstBlock() throws {
    let model = try SmallModel().make(in: scratch)
    let origin = try measurement(model).run()
    let digest = try FileDigest(ofFile: text.training).sha256
    #expect(origin == .init(modelID: model.manifest.modelID, dataSHA256: digest, tokens: 128))
    let tensors = try allTensors(model)
    let embedding = floats(try #require(tensors["token_embedding.weight"]))
    let norm = floats(try #require(tensors["blocks.0.attention_norm.weight"]))
    var sums = [Double](repeating: 0, count: 256)
    for token in try text.windows(model, 2).joined() {
      let x = embedding[(token * 256)..<(token * 256 + 256)].map(Double.init)
      let square = x.reduce(0) { $0 + $1 * $1 } / 256 + 1e-5
      for column in 0..<256 {
        let value = x[column] * Double(norm[column])
        sums[column] += value * value / square
      }
    }
    let file = try ImportanceFile(path: scratch("imatrix"))
    for name in ["query", "key", "value"] {
      let found = try #require(try file.importance(of: "blocks.0.attention.\(name).weight"))
      #expect(zip(found, sums).allSatisfy { abs(Double($0) - $1 / 128) <= 1e-5 * $1 / 128 })
    }
    let matrices = tensors.keys.filter { !$0.contains("norm") && $0 != "token_embedding.weight" }
    #expect(file.tensorNames == Set(matrices))
    for name in matrices {
      let columns = try #require(try file.importance(of: name)).count
      #expect(columns == tensors[name]?.rowElements)
    }
  }

  /// The head's inputs at an exit count like those at the end: the result is the mean of both.
  @Test(arguments: [false, true]) func theHeadReadsAtExits(tied: Bool) throws {
    let head = tied ? "token_embedding.weight" : "head.weight"
    let plain = try SmallModel(tied: tied).make(in: scratch, name: "plain")
    let model = try SmallModel(tied: tied, exits: [ExitRecord(depth: 2, threshold: 0.5)])
      .make(in: scratch)
    _ = try measurement(plain, to: "without").run()
    _ = try measurement(model, to: "with").run()
    let (without, with) = (
      try ImportanceFile(path: scratch("without")), try ImportanceFile(path: scratch("with"))
    )
    #expect(with.tensorNames == without.tensorNames && with.tensorNames.contains(head))
    for name in with.tensorNames where name != head {
      #expect(try with.importance(of: name) == without.importance(of: name), "\(name)")
    }
    let layerwise = try LayerwiseModel(
      model, numerics: .standard, pool: try ThreadPool(threads: 1))
    var sums = [Double](repeating: 0, count: 256)
    for window in try text.windows(model, 2) {
      var states = try layerwise.embed(window)
      for block in 0..<2 { try layerwise.run(try layerwise.block(block), &states) }
      let read = try layerwise.unembedded(states, depth: 2)
      for (index, value) in read.enumerated() { sums[index % 256] += Double(value) * Double(value) }
    }
    let end = try #require(try without.importance(of: head))
    let both = try #require(try with.importance(of: head))
    for column in 0..<256 {
      let expected = (Double(end[column]) + sums[column] / 128) / 2
      #expect(abs(Double(both[column]) - expected) <= 1e-5 * expected)
    }
  }

  @Test func threadsDoNotShowAndQuantizeReadsIt() throws {
    let model = try SmallModel().make(in: scratch)
    var files: [[UInt8]] = []
    for threads in 1...3 {
      var measurement = measurement(model, to: "imatrix-\(threads)", windows: nil)
      measurement.threads = threads
      var seen: [(Int, Int)] = []
      measurement.progress = { seen.append(($0, $1)) }
      let origin = try measurement.run()
      #expect(seen.map(\.0) == Array(stride(from: 64, through: origin.tokens, by: 64)))
      #expect(seen.allSatisfy { $0.1 == origin.tokens })
      files.append(try readFile(scratch("imatrix-\(threads)")))
    }
    #expect(files[1] == files[0] && files[2] == files[0])
    let (_, plan, _) = try Quantizer(
      source: model.path, target: scratch("out"),
      settings: settings(.q4_0, effort: .search, importance: scratch("imatrix-1"))
    ).run()
    #expect(plan.entries.contains { $0.type == .q4_0 })
  }

  /// Only an importance file is replaced, and only with force; this is checked before anything is
  /// read.
  @Test func whatIsThereStays() throws {
    let model = try SmallModel().make(in: scratch)
    try scratch.write("notes", to: "notes")
    func refuse(_ name: String, force: Bool, _ text: String) throws {
      var measurement = measurement(model, to: name)
      measurement.force = force
      measurement.progress = { _, _ in Issue.record("measured before it was refused") }
      try expectRefusal(text) { try measurement.run() }
    }
    _ = try measurement(model).run()
    try refuse("imatrix", force: false, "--force")
    try refuse("notes", force: true, "found something of another kind")
    try refuse("model/imatrix", force: false, "model")
    #expect(try readFile(scratch("notes")) == Array("notes".utf8))
    var again = measurement(model, windows: 1)
    again.force = true
    #expect(try again.run().tokens == 64)
    #expect(try ImportanceFile(path: scratch("imatrix")).origin?.tokens == 64)
  }

  @Test func whatCannotBeMeasured() throws {
    let model = try SmallModel().make(in: scratch)
    var long = measurement(model)
    long.windowLength = 65
    try expectRefusal("context_length: found 64", "--window-length") { try long.run() }
    try expectRefusal("training.txt: found", "expected at least 1000") {
      try measurement(model, windows: 1000).run()
    }
    let loud = try SmallModel(weights: ["blocks.1.attention_norm.weight": [3: 1e30]])
      .make(in: scratch, name: "loud")
    try expectRefusal(
      "blocks.1.attention.key.weight: found a mean square of inf of what its column 3 reads"
    ) { try measurement(loud).run() }
    #expect(!FileSystem.exists(scratch("imatrix")))
  }
}
