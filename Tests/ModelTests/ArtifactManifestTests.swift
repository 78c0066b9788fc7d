import CleaveModel
import CleaveStorage
import TestSupport
import Testing

/// A manifest that does not describe exactly an artifact of its role is refused.
@Suite struct ArtifactManifestTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let change: @Sendable (inout Manifest) -> Void
    let location: String
    let found: String
    let expected: String

    init(
      _ name: String, location: String, found: String, expected: String,
      _ change: @escaping @Sendable (inout Manifest) -> Void
    ) {
      testDescription = name
      self.change = change
      self.location = location
      self.found = found
      self.expected = expected
    }
  }

  /// Six tied blocks with exits after 2 and 4.
  private static let valid = Result { try TinyArtifact.manifest(exits: [2, 4]) }

  private func read(_ json: JSON) throws -> Manifest {
    let text = Array(json.text().utf8)
    return try Manifest(
      try JSONNode(parsing: text, file: "manifest.json"))
  }

  @Test func readsBack() throws {
    let manifest = try Self.valid.get()
    #expect(try read(manifest.json) == manifest)
  }

  @Test func edgeAndCloudReadBack() throws {
    let edge = try Self.bundle(.edge, blocks: 0..<4)
    #expect(try read(edge.json) == edge)
    let cloud = try Self.bundle(.cloud, blocks: 2..<6)
    #expect(try read(cloud.json) == cloud)
  }

  @Test(arguments: files + tensors + roles)
  func isRefused(hostile: Case) throws {
    var manifest = try Self.valid.get()
    hostile.change(&manifest)
    let error = #expect(throws: InputError.self) { try read(manifest.json) }
    #expect(error?.file == "manifest.json")
    #expect(error?.location == hostile.location)
    #expect(error?.found.contains(hostile.found) == true, "\(error?.found ?? "")")
    #expect(error?.expected.contains(hostile.expected) == true, "\(error?.expected ?? "")")
  }

  @Test(arguments: [
    ("schema", "\"other\"", "schema", "\"cleave.artifact\""),
    ("version", "2 ", "version", "version 1"),
    ("version", "-1 ", "version", "at least 0"),
    ("role", "\"both\"", "role", "model, edge, middle, cloud"),
    ("model_id", "\"ABC\"", "model_id", "64 lower-case"), ("files", "{}", "files", "an array"),
    ("exits", "[{}]", "exits[0]", "a member of that name"), ("blocks", "[]", "blocks", "an object"),
    ("blocks", "{\"first\":6,\"count\":1}", "blocks.first", "from 0 to 5"),
    ("blocks", "{\"first\":1,\"count\":9223372036854775807}", "blocks.count", "from 1 to 5"),
    ("tokens", "{\"end_of_text\":[320]}", "tokens.end_of_text[0]", "from 0 to 319"),
    ("configuration", "{\"architecture\":\"g/t\"}", "configuration.architecture", "letters"),
  ])
  func badMembers(name: String, value: String, location: String, expected: String) throws {
    guard case .object(var object) = try Self.valid.get().json else {
      Issue.record("a manifest is a JSON object")
      return
    }
    object[name] = try JSON.parse(Array(value.utf8), file: "value")
    let error = #expect(throws: InputError.self) { try read(.object(object)) }
    #expect(error?.location == location)
    #expect(error?.expected.contains(expected) == true, "\(error?.expected ?? "")")
    object[name] = nil
    #expect(throws: InputError.self) { try read(.object(object)) }
  }

  /// Another member than those of the model: the files' hashes, or the configuration.
  @Test func theIdOfAModelIsChecked() throws {
    let manifest = try Self.valid.get()
    var other = manifest
    other.files[3].digest = FileDigest(
      bytes: other.files[3].digest.bytes, sha256: Self.digest.sha256)
    var longer = manifest
    longer.configuration.contextLength += 1
    for hostile in [other, longer] {
      let error = #expect(throws: InputError.self) { try read(hostile.json) }
      #expect(error?.location == "model_id" && error?.found == manifest.modelID)
    }
    // A part of a model cannot tell.
    var edge = try Self.bundle(.edge, blocks: 0..<4)
    edge.modelID = Self.digest.sha256
    #expect(try read(edge.json) == edge)
  }

  /// The bytes of the keys and values of all blocks, tails and positions are a number.
  @Test func keysAndValuesBeyondEveryMemory() throws {
    var manifest = try Self.valid.get()
    manifest.configuration.headCount = 1
    manifest.configuration.kvHeadCount = 1
    manifest.configuration.headDimension = 1 << 24
    for (length, isRefused) in [(1 << 22, false), (1 << 22 + 1, true), (1 << 30, true)] {
      manifest.configuration.contextLength = length
      let error = #expect(throws: InputError.self) { try read(manifest.json) }
      #expect((error?.location == "configuration.context_length") == isRefused, "\(length)")
    }
  }

  /// A file's tensors are looked up by their names: thirty-six thousand, in another order, take no time.
  @Test func manyTensorsStayLinear() throws {
    let tail = ExitRecord(depth: 2, body: .tail(blocks: 4096), threshold: 0.9)
    var manifest = try TinyArtifact.manifest(exits: [tail])
    let file = try #require(manifest.files.firstIndex { $0.path == tail.path })
    manifest.files[file].tensors.reverse()
    #expect(manifest.files[file].tensors.count == 4096 * 9 + 1)
    #expect(try read(manifest.json) == manifest)
    let norm = manifest.files[file].tensors[0]
    manifest.files[file].tensors[0] = TensorRecord(name: norm.name, type: norm.type, shape: [65])
    let error = #expect(throws: InputError.self) { try read(manifest.json) }
    #expect(error?.found == "exits.2.norm.weight of shape [65]")
  }

  /// Every file is looked up once: a hundred thousand strangers take no time.
  @Test func manyFilesStayLinear() throws {
    var manifest = try Self.valid.get()
    let stranger = try #require(manifest.files.last)
    manifest.files += (0..<100_000).map {
      FileRecord(path: "x\($0)", digest: stranger.digest)
    }
    let error = #expect(throws: InputError.self) { try read(manifest.json) }
    #expect(error?.found == "\"x0\"")
  }
}

// MARK: - Cases

extension ArtifactManifestTests {
  private static func bundle(_ role: Manifest.Role, blocks: Range<Int>) throws -> Manifest {
    var manifest = try valid.get()
    manifest.role = role
    manifest.blocks = blocks
    if role == .cloud { manifest.exits = [] }
    let expected = Set(manifest.expectedFiles.map(\.path))
    manifest.files.removeAll { !expected.contains($0.path) }
    return manifest
  }

  private static let digest = FileDigest(bytes: 1, sha256: String(repeating: "0", count: 64))

  private static let files: [Case] =
    [
      "../x", "/etc/passwd", "weights/../../x", "manifest.json", "",
      "weights/block-0006.safetensors",
    ]
    .map { path in
      Case(
        "the file \"\(path)\"", location: "files", found: "\"\(path)\"",
        expected: "only the files of an artifact"
      ) { $0.files.append(FileRecord(path: path, digest: digest)) }
    } + [
      Case(
        "a path that leads out", location: "files", found: "tokenizer.json 0 times",
        expected: "the file once"
      ) { manifest in
        for index in manifest.files.indices where manifest.files[index].path == "tokenizer.json" {
          manifest.files[index].path = "../tokenizer.json"
        }
      },
      Case("no files", location: "files", found: "0 times", expected: "the file once") {
        $0.files = []
      },
      Case("a file twice", location: "files", found: "2 times", expected: "the file once") {
        $0.files.append($0.files[0])
      },
      Case(
        "files out of order", location: "files",
        found: "\"exits/exit-0004.safetensors\" before \"exits/exit-0002.safetensors\"",
        expected: "in the order"
      ) { $0.files.swapAt(0, 1) },
      Case(
        "a size of 2^60", location: "files[0].bytes", found: "1152921504606846976",
        expected: "from 0"
      ) { $0.files[0].digest = FileDigest(bytes: 1 << 60, sha256: $0.modelID) },
    ]

  /// Changes the tensors of the file with the final norm, or of another.
  private static func tensors(
    _ name: String, in file: String = "weights/head.safetensors", location: String? = nil,
    found: String, expected: String,
    _ change: @escaping @Sendable (inout [TensorRecord]) -> Void
  ) -> Case {
    Case(name, location: location ?? "files \(file)", found: found, expected: expected) {
      manifest in
      for index in manifest.files.indices where manifest.files[index].path == file {
        change(&manifest.files[index].tensors)
      }
    }
  }

  private static let tensors: [Case] = [
    tensors("no tensors", found: "tensors []", expected: "final_norm.weight") { $0 = [] },
    tensors("an extra tensor", found: "\"extra\"", expected: "[\"final_norm.weight\"]") {
      $0.append(TensorRecord(name: "extra", type: .f32, shape: [1]))
    },
    tensors("a tensor twice", found: "final_norm.weight", expected: "[\"final_norm.weight\"]") {
      $0.append($0[0])
    },
    tensors(
      "a wrong shape", found: "final_norm.weight of shape [65]", expected: "[64] by the config"
    ) { $0 = [TensorRecord(name: "final_norm.weight", type: .f32, shape: [65])] },
    tensors("a quantized norm", found: "final_norm.weight as Q8_0", expected: "a float type") {
      $0 = [TensorRecord(name: "final_norm.weight", type: .q8_0, shape: [64])]
    },
    tensors(
      "a quantized exit", in: "exits/exit-0002.safetensors", found: "exits.2.norm.weight as Q4_0",
      expected: "a float type"
    ) { $0 = [TensorRecord(name: "exits.2.norm.weight", type: .q4_0, shape: [64])] },
    tensors(
      "tensors in the tokenizer", in: "tokenizer.json", found: "tensors [\"a\"]", expected: "[]"
    ) { $0 = [TensorRecord(name: "a", type: .f32, shape: [1])] },
  ]

  private static let roles: [Case] = [
    Case("exits out of order", location: "exits", found: "[4, 2]", expected: "rising depths") {
      $0.exits.reverse()
    },
    Case("an exit twice", location: "exits", found: "[2, 4, 4]", expected: "each once") {
      $0.exits.append($0.exits[1])
    },
    Case("an exit too deep", location: "exits", found: "depth 6", expected: "the model's 6 blocks")
    {
      $0.exits[1].depth = 6
    },
    Case("an exit at 0", location: "exits[0].depth", found: "0", expected: "from 1") {
      $0.exits[0].depth = 0
    },
    Case("temperature 0", location: "exits[0].temperature", found: "0", expected: "above 0") {
      $0.exits[0].temperature = 0
    },
    Case("threshold -1", location: "exits[0].threshold", found: "-1", expected: "at least 0") {
      $0.exits[0].threshold = -1
    },
    Case("a model without its end", location: "blocks", found: "0..<5", expected: "0..<6") {
      $0.blocks = 0..<5
    },
    Case(
      "an edge of every block", location: "blocks", found: "0..<6", expected: "0..<4 for role edge"
    ) {
      $0.role = .edge
    },
    Case(
      "an edge without exits", location: "blocks", found: "0..<4", expected: "0..<0 for role edge"
    ) {
      $0.role = .edge
      $0.blocks = 0..<4
      $0.exits = []
    },
    Case("a cloud with exits", location: "exits", found: "[2, 4]", expected: "no exits in a cloud")
    {
      $0.role = .cloud
      $0.blocks = 2..<6
    },
    Case("a cloud without its end", location: "blocks", found: "2..<5", expected: "2..<6") {
      $0.role = .cloud
      $0.blocks = 2..<5
      $0.exits = []
    },
    Case(
      "a cloud with the tokenizer", location: "files", found: "\"tokenizer.json\"", expected: "only"
    ) { manifest in
      guard let cloud = try? bundle(.cloud, blocks: 2..<6),
        let tokenizer = manifest.file("tokenizer.json")
      else { return }
      manifest = cloud
      manifest.files.append(tokenizer)
    },
    Case(
      "tables twice", location: "files", found: "tokenizer.bin 2 times", expected: "the file once"
    ) {
      guard let tables = $0.file("tokenizer.bin") else { return }
      $0.files.append(tables)
    },
    Case(
      "a cloud with the tables", location: "files", found: "\"tokenizer.bin\"", expected: "only"
    ) { manifest in
      guard let cloud = try? bundle(.cloud, blocks: 2..<6),
        let tables = manifest.file("tokenizer.bin")
      else { return }
      manifest = cloud
      manifest.files.append(tables)
    },
  ]
}
