import CleaveModel
import CleaveStorage
import TestSupport
import Testing

/// Exits in manifests and on command lines.
@Suite struct ExitRecordTests {
  /// Six tied blocks of 64 wide: every body, and a chain.
  private static let exits = [
    ExitRecord(depth: 1, body: .affine(rank: nil), threshold: 0.9),
    ExitRecord(depth: 2, body: .affine(rank: 32), threshold: 0.9),
    ExitRecord(depth: 3, body: .mlp, threshold: 0.9),
    ExitRecord(depth: 4, body: .tail(blocks: 2), threshold: 0.9),
    ExitRecord(depth: 5, reads: .previous, body: .tail(blocks: 1), threshold: 0.9),
  ]

  private func read(_ manifest: Manifest) throws -> Manifest {
    try read(text: manifest.json.text())
  }

  private func read(text: String) throws -> Manifest {
    try Manifest(
      try JSONNode(parsing: Array(text.utf8), file: "manifest.json"))
  }

  @Test func readsBack() throws {
    let manifest = try TinyArtifact.manifest(exits: Self.exits)
    #expect(try read(manifest) == manifest)
    #expect(manifest.exits.edgeBlocks == 0..<4)
    #expect(manifest.exits.tailBlocks == 3)
  }

  @Test func namesAndShapes() throws {
    let manifest = try TinyArtifact.manifest(exits: Self.exits)
    let tensors = manifest.expectedFiles.filter { $0.path.hasPrefix("exits/") }
      .flatMap(\.tensors).filter { !$0.name.contains(".tail.") }
    #expect(
      tensors.map { "\($0.name) \($0.shape)" } == [
        "exits.1.affine.weight [64, 64]", "exits.1.affine.bias [64]", "exits.1.norm.weight [64]",
        "exits.2.affine.down.weight [32, 64]", "exits.2.affine.up.weight [64, 32]",
        "exits.2.affine.bias [64]", "exits.2.norm.weight [64]",
        "exits.3.mlp.norm.weight [64]", "exits.3.mlp.gate.weight [96, 64]",
        "exits.3.mlp.up.weight [96, 64]", "exits.3.mlp.down.weight [64, 96]",
        "exits.3.norm.weight [64]", "exits.4.norm.weight [64]", "exits.5.norm.weight [64]",
      ])
    let tail = try #require(
      manifest.expectedFiles.first { $0.path.hasSuffix("exit-0004.safetensors") })
    #expect(tail.tensors.count == 19)
    #expect(tail.tensors[9].name == "exits.4.tail.1.attention_norm.weight")
    #expect(tail.tensors[17].name == "exits.4.tail.1.feed_forward.down.weight")
    #expect(tail.tensors[17].shape == [64, 96])
  }

  /// An edge of the chain holds the model's blocks up to where the model is read for the last time.
  @Test func anEdgeOfAChainReadsBack() throws {
    var edge = try TinyArtifact.manifest(exits: Self.exits)
    edge.role = .edge
    edge.blocks = 0..<4
    edge.files.removeAll {
      [ArtifactLayout.block(4), ArtifactLayout.block(5)].contains($0.path)
    }
    #expect(try read(edge) == edge)
    let whole = try TinyArtifact.manifest(exits: Self.exits)
    // The blocks of the tails have keys and values too.
    #expect(edge.kvBytes.all * 6 == whole.kvBytes.all * 7)
    edge.blocks = 0..<5
    let error = #expect(throws: InputError.self) { try read(edge) }
    #expect(error?.location == "blocks" && error?.expected.contains("0..<4 for role edge") == true)
  }

  @Test func theWayToAnExit() {
    let path = Self.exits.path(to: 4)
    #expect(
      path == (0..<4).map { .model($0) } + [
        .tail(depth: 4, block: 0), .tail(depth: 4, block: 1), .tail(depth: 5, block: 0),
      ])
    #expect(Self.exits.path(to: 2) == (0..<3).map { .model($0) })
  }

  /// Manifests of before bodies had a form of their own.
  @Test func theOldFormIsRead() throws {
    let manifest = try TinyArtifact.manifest(exits: [2])
    guard case .object(var object) = manifest.json, case .array(var exits)? = object["exits"],
      case .object(var exit) = exits[0]
    else { return #expect(Bool(false)) }
    exit["body"] = "norm"
    exit["reads"] = nil
    exits[0] = .object(exit)
    object["exits"] = .array(exits)
    #expect(try read(text: JSON.object(object).text()) == manifest)
  }

  @Test(arguments: [
    ("\"tail\"", "exits[0].body", "an object"), ("{}", "exits[0].body", "of that name"),
    ("{\"kind\":\"lens\"}", "exits[0].body.kind", "norm, affine, mlp, tail"),
    ("{\"kind\":\"tail\"}", "exits[0].body", "of that name"),
    ("{\"kind\":\"tail\",\"blocks\":0}", "exits[0].body.blocks", "from 1 to 4096"),
    ("{\"kind\":\"tail\",\"blocks\":4097}", "exits[0].body.blocks", "from 1 to 4096"),
    ("{\"kind\":\"tail\",\"blocks\":1.5}", "exits[0].body.blocks", "an integer"),
    ("{\"kind\":\"affine\",\"rank\":0}", "exits[0].body.rank", "from 1"),
    ("{\"kind\":\"affine\",\"rank\":9223372036854775807}", "exits[0].body.rank", "from 1"),
    ("{\"kind\":\"affine\",\"rank\":65}", "exits[0]", "from 1 to the hidden size, 64"),
    ("{\"kind\":\"tail\",\"blocks\":1,\"map\":4}", "exits[0].body.map", "an object"),
    ("{\"kind\":\"tail\",\"blocks\":1,\"map\":{\"rank\":0}}", "exits[0].body.map.rank", "from 1"),
    ("{\"kind\":\"tail\",\"blocks\":1,\"map\":{\"rank\":65}}", "exits[0]", "hidden size, 64"),
    ("{\"kind\":\"tail\",\"blocks\":1,\"readout\":[]}", "exits[0].body.readout", "an object"),
    ("{\"kind\":\"tail\",\"blocks\":1,\"readout\":{\"rank\":65}}", "exits[0]", "hidden size, 64"),
    ("{\"kind\":\"affine\"}", "files exits/exit-0002.safetensors", "exits.2.affine.weight"),
  ])
  func badBodies(body: String, location: String, expected: String) throws {
    let manifest = try TinyArtifact.manifest(exits: [2])
    guard case .object(var object) = manifest.json, case .array(var exits)? = object["exits"],
      case .object(var exit) = exits[0]
    else { return #expect(Bool(false)) }
    exit["body"] = try JSON.parse(Array(body.utf8), file: "body")
    exits[0] = .object(exit)
    object["exits"] = .array(exits)
    let error = #expect(throws: InputError.self) { try read(text: JSON.object(object).text()) }
    #expect(error?.location == location)
    #expect(error?.expected.contains(expected) == true, "\(error?.expected ?? "")")
  }

  @Test(
    arguments: [
      ([(2, .previous, .tail(blocks: 1))], "exits[0]", "reads model"),
      ([(2, .model, .norm), (4, .previous, .mlp)], "exits[1]", "a tail, in place"),
      (
        (1...5).map { ($0, .model, .tail(blocks: 1000)) }, "exits", "at most 4096"
      ),
    ] as [([(Int, ExitRecord.Input, ExitBody)], String, String)])
  func exitsThatCannotBe(
    _ exits: [(Int, ExitRecord.Input, ExitBody)], location: String, expected: String
  ) throws {
    var manifest = try TinyArtifact.manifest(exits: [Int]())
    manifest.exits = exits.map {
      ExitRecord(depth: $0.0, reads: $0.1, body: $0.2, threshold: 0.9)
    }
    let error = #expect(throws: InputError.self) { try read(manifest) }
    #expect(error?.location == location)
    #expect(error?.expected.contains(expected) == true, "\(error?.expected ?? "")")
  }

  /// Tails of more blocks than all may have are refused before anything else of them is looked at, which may cost each exit
  /// as much as all blocks.
  @Test func theBlocksOfTailsAreCountedFirst() throws {
    var manifest = try TinyArtifact.manifest(exits: [Int]())
    manifest.exits = (1...2).map {
      ExitRecord(depth: $0, body: .tail(blocks: 4096), threshold: 0.9)
    }
    manifest.exits[0].tailLike = 0
    let error = #expect(throws: InputError.self) { try read(manifest) }
    #expect(error?.location == "exits" && error?.found == "8192 blocks in tails")
  }

  /// A chain whose tail begins with a map and gets states back.
  private static let mapped: [ExitRecord] = {
    var first = ExitRecord(
      depth: 2,
      body: .tail(blocks: 1, map: AffineMap(rank: 32), readout: AffineMap(rank: 32)), threshold: 0.9
    )
    first.copies = 4
    first.feedback = ExitFeedback(depth: 4)
    let second = ExitRecord(
      depth: 4, reads: .previous, body: .tail(blocks: 1, map: AffineMap(), readout: AffineMap()),
      threshold: 0.9)
    return [first, second]
  }()

  @Test func mapsAndFeedbackReadBack() throws {
    let manifest = try TinyArtifact.manifest(exits: Self.mapped)
    #expect(try read(manifest) == manifest)
    let names = manifest.expectedFiles.filter { $0.path.hasPrefix("exits/") }
      .flatMap(\.tensors).map { "\($0.name) \($0.shape)" }
    #expect(
      names.filter { $0.contains("affine") || $0.contains("readout") } == [
        "exits.2.affine.down.weight [32, 64]", "exits.2.affine.up.weight [64, 32]",
        "exits.2.affine.bias [64]", "exits.2.readout.down.weight [32, 64]",
        "exits.2.readout.up.weight [64, 32]", "exits.2.readout.bias [64]",
        "exits.4.affine.weight [64, 64]", "exits.4.affine.bias [64]",
        "exits.4.readout.weight [64, 64]", "exits.4.readout.bias [64]",
      ])
  }

  private struct Impossible {
    let location: String
    let expected: String
    let edit: (inout [ExitRecord]) -> Void
  }

  @Test func feedbackThatCannotBe() throws {
    let cases = [
      Impossible(location: "exits[0]", expected: "from 3, after the first exit") {
        $0[0].feedback?.depth = 2
      },
      Impossible(location: "exits[0]", expected: "the model's 6 blocks") {
        $0[0].feedback?.depth = 7
      },
      Impossible(location: "exits[1]", expected: "at most one") {
        $0[1].feedback = ExitFeedback(depth: 5)
      },
      Impossible(location: "exits[1]", expected: "a tail that reads the model") {
        ($0[0].feedback, $0[1].feedback) = (nil, ExitFeedback(depth: 5))
      },
      Impossible(location: "exits[0]", expected: "a block from 0 to 5") { $0[0].copies = 6 },
      Impossible(location: "exits[0]", expected: "none, in an exit without") {
        ($0[0].body, $0[0].feedback) = (.norm, nil)
      },
    ]
    for `case` in cases {
      var manifest = try TinyArtifact.manifest(exits: [Int]())
      manifest.exits = Self.mapped
      `case`.edit(&manifest.exits)
      let error = #expect(throws: InputError.self) { try read(manifest) }
      #expect(error?.location == `case`.location)
      #expect(error?.expected.contains(`case`.expected) == true, "\(error?.expected ?? "")")
    }
  }

  @Test func readsIsOneOfTwo() throws {
    let text = try TinyArtifact.manifest(exits: [2]).json.text()
    let scratch = try Scratch()
    try scratch.write(text, to: "manifest.json")
    try scratch.edit("manifest.json", "\"reads\": \"model\"", "\"reads\": \"both\"")
    let hostile = String(decoding: try readFile(scratch("manifest.json")), as: UTF8.self)
    let error = #expect(throws: InputError.self) { try read(text: hostile) }
    #expect(error?.location == "exits[0].reads" && error?.expected == "one of model, previous")
  }

  @Test(arguments: [
    "norm", "affine", "affine:64", "mlp", "tail:4", "affine+tail:4", "affine:64+tail:4",
    "tail:4+affine", "affine:64+tail:4+affine:3", "affine+tail:4+affine",
  ])
  func textReadsBack(_ text: String) { #expect(ExitBody(text: text)?.description == text) }

  @Test(arguments: [
    "", "tail", "tail:", "tail:0", "tail:-1", "tail:+1", "tail:4097", "tail:1:2", "mlp:3", "norm:",
    "affine:", "affine:x", "affine:99999999999999999999", "Norm", " norm", "affine+", "+tail:2",
    "tail:2+mlp", "affine+affine", "affine+tail:2+affine+affine", "tail:2+affine+tail:2",
    "mlp+tail:2", "affine+tail:2+tail:2", "affine+affine+tail:2",
  ])
  func otherTextIsRefused(_ text: String) { #expect(ExitBody(text: text) == nil) }
}
