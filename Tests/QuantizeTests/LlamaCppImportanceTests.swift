import CleaveKernels
import CleaveModel
import CleaveQuantize
import CleaveStorage
import TestSupport
import Testing

/// Tests of llama.cpp's importance matrices: both formats, refusals and effect.
@Suite struct LlamaCppImportanceTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  /// The matrices of a block of `SmallModel`, by their names in GGUF.
  private static let parts: [String: BlockWeight] = [
    "attn_q": .query, "attn_k": .key, "attn_v": .value, "attn_output": .output,
    "ffn_gate": .gate, "ffn_up": .up, "ffn_down": .down,
  ]

  private static let names: @Sendable (ModelConfiguration) -> [String: [WeightName]]? = { model in
    var names: [String: [WeightName]] = ["output.weight": [.head]]
    for block in 0..<model.blockCount {
      for (name, part) in parts { names["blk.\(block).\(name).weight"] = [.block(block, part)] }
    }
    return names
  }

  /// Sums for the matrices of all blocks.
  private func sums(_ model: ModelConfiguration) throws -> [(name: String, values: [Float])] {
    var random = SplitMix64(seed: 3)
    return try #require(Self.names(model)).sorted { $0.key < $1.key }
      .filter { $0.key != "output.weight" }
      .map { name, weights in
        (name, (0..<weights[0].shape(in: model)[1]).map { _ in .random(in: 0...9, using: &random) })
      }
  }

  private static func numbers(_ values: [Float]) -> [UInt8] {
    values.flatMap { littleEndian($0.bitPattern) }
  }

  private static func gguf(_ entries: [(name: String, values: [Float])], count: Float)
    -> GGUFBuilder
  {
    var builder = GGUFBuilder()
    builder.set("general.type", .string("imatrix"))
    for (name, values) in entries {
      builder.tensors.append(
        .init("\(name).in_sum2", [UInt64(values.count), 1], numbers(values)))
      builder.tensors.append(.init("\(name).counts", [1, 1], numbers([count])))
    }
    return builder
  }

  private static func dat(
    _ entries: [(name: String, values: [Float])], calls: Int32, trailer: [UInt8] = []
  ) -> [UInt8] {
    var data = littleEndian(Int32(entries.count))
    for (name, values) in entries {
      data += littleEndian(Int32(name.utf8.count)) + Array(name.utf8)
      data += littleEndian(calls) + littleEndian(Int32(values.count)) + numbers(values)
    }
    return data + trailer
  }

  private func quantizer(
    _ artifact: Artifact, _ recipe: Recipe = .q4_0, overrides: [String] = []
  ) throws -> Quantizer {
    var quantizer = Quantizer(
      source: artifact.path, target: scratch("out"),
      settings: try settings(
        recipe, overrides: overrides, effort: .search, importance: scratch("imatrix")))
    quantizer.namesInGGUF = Self.names
    return quantizer
  }

  /// The numbers of files that the gguf package wrote (tools/golden/imatrix.py).
  @Test(arguments: ["tiny.gguf", "tiny.dat"]) func goldens(name: String) throws {
    let file = try ImportanceFile(path: Golden.path("imatrix/\(name)"))
    #expect(file.origin == nil)
    let expected = try FileSystem.readJSON(Golden.path("imatrix/expected.json")).members()
    #expect(file.tensorNames == Set(expected.map(\.name)))
    for (matrix, node) in expected {
      let judged = try node.elements().map { try $0.number() }
      let found = try #require(try file.importance(of: matrix))
      #expect(found.count == judged.count)
      for (value, other) in zip(found, judged) {
        #expect(abs(Double(value) - other) <= 1e-6 * other, "\(matrix)")
      }
    }
  }

  @Test(arguments: [false, true]) func itDecidesTheBlocks(legacy: Bool) throws {
    let artifact = try SmallModel().make(in: scratch)
    let sums = try sums(artifact.manifest.configuration)
    let trailer = littleEndian(Int32(4)) + littleEndian(Int32(1)) + Array("t".utf8)
    try scratch.write(
      legacy ? Self.dat(sums, calls: 4, trailer: trailer) : Self.gguf(sums, count: 4).bytes,
      to: "imatrix")
    let (manifest, plan, _) = try quantizer(artifact).run()
    #expect(manifest.provenance.last?.inputs.last?.name == "imatrix")
    let (before, after) = (
      try allTensors(artifact), try allTensors(Artifact(opening: scratch("out")))
    )
    let names = try #require(Self.names(artifact.manifest.configuration))
    for (name, values) in sums {
      let weight = try #require(names[name]?.first).text
      let entry = try #require(plan.entries.first { $0.name == weight })
      #expect(
        bytes(try #require(after[weight]))
          == quantized(
            try #require(before[weight]), to: entry.type, importance: values.map { $0 / 4 },
            effort: CK_SEARCH), "\(weight)")
    }
    // llama.cpp measures no head: it is rounded as without importance, and that is said.
    #expect(
      plan.notes.count == 1 && plan.notes[0].hasPrefix("imatrix has no entry for head.weight"))
    let head = try #require(before["head.weight"])
    let type = try #require(plan.entries.first { $0.name == "head.weight" }).type
    #expect(
      bytes(try #require(after["head.weight"])) == quantized(head, to: type, effort: CK_SEARCH))
  }

  @Test func entriesThatDoNotFitTheModel() throws {
    let artifact = try SmallModel().make(in: scratch)
    let sums = try sums(artifact.manifest.configuration)
    func refuse(_ texts: String, _ change: (inout [(name: String, values: [Float])]) -> Void) throws
    {
      for legacy in [false, true] {
        var changed = sums
        change(&changed)
        try scratch.write(
          legacy ? Self.dat(changed, calls: 1) : Self.gguf(changed, count: 1).bytes, to: "imatrix")
        try expectRefusal(texts) { try quantizer(artifact).plan() }
      }
    }
    try refuse("blk.9.attn_q.weight: found an entry for a matrix that the model lacks") {
      $0[0].name = "blk.9.attn_q.weight"
    }
    try refuse("found 255 numbers in 1 rows; expected 256, one for each column") {
      $0[0].values.removeLast()
    }
    try refuse("blocks.0.attention.key.weight.importance: found no such vector") {
      $0.removeAll { $0.name == "blk.0.attn_k.weight" }
    }
    try refuse("[3]: found nan; expected a finite number of at least 0") { $0[0].values[3] = .nan }
    try refuse("[3]: found -1.0") { $0[0].values[3] = -1 }
    var unknown = try quantizer(artifact)
    unknown.namesInGGUF = { _ in nil }
    try expectRefusal("llama.cpp has no llama model") { try unknown.plan() }
  }

  /// A matrix that got no input counts as one whose columns are all the same, and that is said.
  @Test func aMatrixWithoutInput() throws {
    let artifact = try SmallModel().make(in: scratch)
    var builder = Self.gguf(try sums(artifact.manifest.configuration), count: 1)
    builder.tensors[1].bytes = Self.numbers([0])
    try scratch.write(builder.bytes, to: "imatrix")
    let (_, plan, _) = try quantizer(artifact, overrides: ["head=F16"]).run()
    #expect(plan.notes.count == 1)
    #expect(
      plan.notes[0].contains("1 matrices, the first of them in blocks.0.attention.key.weight"))
    let name = "blocks.0.attention.key.weight"
    let (before, after) = (
      try #require(try allTensors(artifact)[name]),
      try #require(try allTensors(Artifact(opening: scratch("out")))[name])
    )
    #expect(bytes(after) == quantized(before, to: after.type, effort: CK_SEARCH))
  }

  struct Fault: Sendable {
    let text: String
    let change: @Sendable (inout GGUFBuilder) -> Void
  }

  static let faults: [Fault] = [
    Fault(text: "general.type", change: { $0.set("general.type", .string("model")) }),
    Fault(text: "no general.type", change: { $0.set("general.type", nil) }),
    Fault(text: "imatrix.chunk_count", change: { $0.set("imatrix.chunk_count", .string("x")) }),
    Fault(
      text: "expected NAME.in_sum2 or NAME.counts", change: { $0.tensors[0].name = "a.weight" }),
    Fault(
      text: "expected NAME.in_sum2 or NAME.counts", change: { $0.tensors[0].name = ".in_sum2" }),
    Fault(text: "no a.counts beside it", change: { $0.tensors.removeLast() }),
    Fault(text: "no a.in_sum2 beside it", change: { $0.tensors.removeFirst() }),
    Fault(
      text: "found F16 of shape",
      change: {
        $0.tensors[0].type = 1
        $0.tensors[0].dimensions = [4, 1]
      }),
    Fault(text: "found F32 of shape [1, 1, 2]", change: { $0.tensors[0].dimensions = [2, 1, 1] }),
    Fault(
      text: "found 1 counts for sums of shape [2, 1]",
      change: { $0.tensors[0].dimensions = [1, 2] }),
    Fault(text: "a.counts[0]: found -1.0", change: { $0.tensors[1].bytes = numbers([-1]) }),
    Fault(text: "a.counts[0]: found inf", change: { $0.tensors[1].bytes = numbers([.infinity]) }),
  ]

  @Test(arguments: faults)
  func damagedGGUF(fault: Fault) throws {
    var builder = Self.gguf([("a", [1, 2])], count: 3)
    fault.change(&builder)
    try scratch.write(builder.bytes, to: "imatrix")
    try expectRefusal(fault.text) { try ImportanceFile(path: scratch("imatrix")) }
  }

  @Test func damagedLegacyFiles() throws {
    let good = Self.dat([("a", [1, 2]), ("b", [3])], calls: 1)
    func refuse(_ text: String, _ bytes: [UInt8]) throws {
      try scratch.write(bytes, to: "imatrix")
      try expectRefusal(text) { try ImportanceFile(path: scratch("imatrix")) }
    }
    try scratch.write(good, to: "imatrix")
    #expect(try ImportanceFile(path: scratch("imatrix")).tensorNames == ["a", "b"])
    for count in 9..<good.count { try refuse("The file is cut short", Array(good[..<count])) }
    try refuse("entry 1: found \"a\" a second time", Self.dat([("a", [1]), ("a", [1])], calls: 1))
    try refuse("names: found a NUL character in one", Self.dat([("a\0", [1])], calls: 1))
    try refuse("a: found 1 values of -1 calls", Self.dat([("a", [1])], calls: -1))
    try refuse("a: found 0 values of 1 calls", Self.dat([("a", [])], calls: 1))
    try refuse("number of chunks: found the end of the file at byte", good + [0, 0])
    try refuse("end: found 0 bytes after a data's name of 7", good + [1, 0, 0, 0, 7, 0, 0, 0])
    var hostile = good
    hostile[4 + 4 + 1 + 4 + 3] = 0x7F
    try refuse("a, values: found the end of the file", hostile)
    hostile = good
    hostile[8] = 0xFF
    try refuse("entry 0: found a name that is not UTF-8", hostile)
    var second = Self.dat([("a", [1]), ("b", [1])], calls: 1)
    second[4 + 4 + 1 + 8 + 4] = 0
    try refuse("entry 1: found a name of 0 bytes; expected from 1 to 255", second)
  }

  /// `cleave imatrix --force` replaces its own files only.
  @Test func aFileOfLlamaCppIsNotReplaced() throws {
    try scratch.write(Self.dat([("a", [1])], calls: 1), to: "imatrix")
    try expectRefusal("found something of another kind") {
      try ImportanceFile.write(
        ["a": [1]],
        origin: .init(
          modelID: String(repeating: "0", count: 64), dataSHA256: String(repeating: "0", count: 64),
          tokens: 1), to: scratch("imatrix"), force: true)
    }
  }
}
