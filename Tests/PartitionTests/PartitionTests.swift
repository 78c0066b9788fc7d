import CleaveCalibrate
import CleaveModel
import CleavePartition
import CleaveStorage
import Glibc
import TestSupport
import Testing

@Suite struct PartitionTests {
  @Test func theSidesHoldEveryBlockAndShareThoseBetweenTheExits() throws {
    let scratch = try Scratch()
    let bundles = try TinyModel.llama3.bundles(exits: [2, 4], into: scratch)
    #expect(bundles.edge.manifest.role == .edge)
    #expect(bundles.edge.manifest.blocks == 0..<4)
    #expect(bundles.cloud.manifest.role == .cloud)
    #expect(bundles.cloud.manifest.blocks == 2..<6)
    #expect(bundles.cloud.manifest.exits.isEmpty)
    let plan = try SplitPlan(bundles.model)
    #expect(plan.shared == 2..<4)
    // The head is not tied, so that the cloud does not need the embedding.
    #expect(bundles.cloud.manifest.file(ArtifactLayout.embedding) == nil)
    #expect(bundles.cloud.manifest.file(ArtifactLayout.tokenizer) == nil)
    #expect(bundles.edge.manifest.provenance.map(\.step) == ["import", "exits add", "partition"])
  }

  /// An edge with tails does not hold the blocks that they replace, and is smaller by those.
  @Test func tailsThatReplaceBlocksShrinkTheEdge() throws {
    var sizes: [Int] = []
    for replace in [false, true] {
      let scratch = try Scratch()
      let bundles = try TinyModel.q4_1.bundles(exits: [2, 5], into: scratch) {
        $0.bodies = [.tail(blocks: 1), .tail(blocks: 1)]
        $0.replace = replace
      }
      let edge = bundles.edge.manifest
      #expect(edge.blocks == 0..<(replace ? 2 : 5))
      #expect(edge.exits.map(\.reads) == [.model, replace ? .previous : .model])
      // The cloud does not depend on the exits.
      #expect(bundles.cloud.manifest.blocks == 2..<6)
      #expect(try SplitPlan(bundles.model).shared == 2..<(replace ? 2 : 5))
      #expect(edge.file(ArtifactLayout.exit(depth: 5))?.tensors.count == 10)
      let block = try #require(bundles.model.manifest.file(ArtifactLayout.block(3)))
      sizes.append(edge.totalBytes)
      if replace { #expect(sizes[0] - sizes[1] == 3 * block.digest.bytes) }
    }
  }

  @Test func aTiedHeadGoesToTheCloudAsTheEmbedding() throws {
    let scratch = try Scratch()
    let bundles = try TinyModel.sharded.bundles(exits: [3], into: scratch)
    #expect(bundles.cloud.manifest.file(ArtifactLayout.embedding) != nil)
    #expect(bundles.cloud.manifest.blocks == 3..<6)
    #expect(bundles.edge.manifest.blocks == 0..<3)
  }

  @Test func everyFileIsTheModelsOwn() throws {
    let scratch = try Scratch()
    let bundles = try TinyModel.q4_1.bundles(exits: [1, 5], into: scratch)
    for bundle in [bundles.edge, bundles.cloud] {
      for file in bundle.manifest.files {
        #expect(bundles.model.manifest.file(file.path) == file)
        #expect(
          try inode("\(bundle.path)/\(file.path)") == inode("\(bundles.model.path)/\(file.path)"))
      }
      #expect(try bundle.damagedFiles().isEmpty)
    }
  }

  @Test func aModelWithoutExitsCannotBeCut() throws {
    let scratch = try Scratch()
    let model = try TinyModel.llama3.imported(into: scratch)
    let error = #expect(throws: InputError.self) {
      try Partitioner(source: model.path, edge: scratch("e"), cloud: scratch("c")).run()
    }
    #expect(error?.advice?.contains("cleave exits add") == true)
    #expect(!FileSystem.exists(scratch("e")) && !FileSystem.exists(scratch("c")))
  }

  @Test func aRefusedCloudTargetLeavesNoEdgeEither() throws {
    let scratch = try Scratch()
    let model = try TinyModel.llama3.withExits([2], into: scratch)
    _ = try scratch.makeDirectory("cloud")
    #expect(throws: InputError.self) {
      try Partitioner(source: model.path, edge: scratch("edge"), cloud: scratch("cloud")).run()
    }
    #expect(Scratch.entries(scratch.path) == ["cloud", "exits", "model"])
  }

  /// Targets that are equal, contain each other, or are spelled differently are refused, and
  /// nothing is left behind.
  @Test(arguments: [
    ("x", "x"), ("x", "./x/"), ("x/../x", "x"), ("x", "x/cloud"), ("x/edge", "x"), ("x", "link/x"),
  ])
  func targetsThatOverlapAreRefused(edge: String, cloud: String) throws {
    let scratch = try Scratch()
    let model = try TinyModel.llama3.withExits([2], into: scratch)
    #expect(symlink(".", scratch("link")) == 0)
    let before = Scratch.entries(scratch.path)
    for force in [false, true] {
      var partitioner = Partitioner(source: model.path, edge: scratch(edge), cloud: scratch(cloud))
      partitioner.force = force
      let error = #expect(throws: InputError.self) { try partitioner.run() }
      #expect(error?.file == scratch(cloud) && error?.expected == "two separate directories")
      #expect(Scratch.entries(scratch.path) == before)
    }
  }

  @Test func forceReplacesBothSides() throws {
    let scratch = try Scratch()
    let model = try TinyModel.llama3.bundles(exits: [2, 4], into: scratch).model
    var partitioner = Partitioner(
      source: model.path, edge: scratch("edge"), cloud: scratch("cloud"))
    #expect(throws: InputError.self) { try partitioner.run() }
    let before = try ["edge", "cloud"].map { try inode(scratch($0)) }
    partitioner.force = true
    _ = try partitioner.run()
    #expect(try ["edge", "cloud"].map { try inode(scratch($0)) } != before)
    #expect(Scratch.entries(scratch.path) == ["cloud", "edge", "exits", "model"])
  }

  @Test func exitsAreRefusedWhereTheyCannotBe() throws {
    let scratch = try Scratch()
    for (depths, found) in [([0], "depth 0"), ([6], "depth 6"), ([2, 2], "two exits at depth 2")] {
      let error = #expect(throws: InputError.self) {
        let inner = try Scratch()
        return try TinyModel.llama3.withExits(depths, into: inner)
      }
      #expect(error?.found == found)
    }
    _ = try TinyModel.llama3.withExits([2], into: scratch)
  }
}

extension PartitionTests {
  @Test(
    arguments: [
      ([2, 4], [.tail(blocks: 1), .norm], true, "the body norm at depth 4", "a tail"),
      ([2, 4], [.tail(blocks: 1)] + [.mlp, .norm], false, "3 bodies", "each of the 2 exits"),
      ([2], [.affine(rank: 49)], false, "rank 49", "hidden size, 48"),
      (
        [2, 4], [.tail(blocks: 3), .tail(blocks: 4)], true, "7 blocks",
        "at most 6, as the model has in all"
      ),
      ([2], [.tail(blocks: 7)], false, "7 blocks in tails that go on from depth 2", "at most 6"),
    ] as [([Int], [ExitBody], Bool, String, String)])
  func bodiesAreRefusedWhereTheyCannotBe(
    _ depths: [Int], _ bodies: [ExitBody], replace: Bool, found: String, expected: String
  ) throws {
    let scratch = try Scratch()
    let error = #expect(throws: InputError.self) {
      try TinyModel.llama3.withExits(depths, into: scratch) {
        $0.bodies = bodies
        $0.replace = replace
      }
    }
    #expect(error?.found.contains(found) == true, "\(error?.found ?? "")")
    #expect(error?.expected.contains(expected) == true, "\(error?.expected ?? "")")
    #expect(Scratch.entries(scratch.path) == ["model"])
  }

  @Test func theNextBlocksMustBeThere() throws {
    let scratch = try Scratch()
    let error = #expect(throws: InputError.self) {
      try TinyModel.llama3.withExits([2, 4], into: scratch) {
        $0.bodies = [.tail(blocks: 3), .tail(blocks: 2)]
        $0.replace = true
        $0.tailStart = .next
      }
    }
    #expect(error?.found == "5 blocks in tails that go on from depth 2")
    #expect(error?.expected == "at most 4, as the model has after that depth")
  }

  /// An exit that continues another one keeps the one for which it was made.
  @Test func nothingComesBetweenAChain() throws {
    let scratch = try Scratch()
    let chain = try TinyModel.llama3.withExits([2, 4], into: scratch) {
      $0.bodies = [.tail(blocks: 1)]
      $0.replace = true
    }
    func add(_ depth: Int, replace: Bool = false) throws -> Manifest {
      var attachment = ExitAttachment(
        source: chain.path, target: scratch("more"), depths: [depth], threshold: 0.5)
      attachment.replace = replace
      return try attachment.run()
    }
    let between = #expect(throws: InputError.self) { try add(3) }
    #expect(between?.found == "depth 3, before the exit at 4")
    let again = #expect(throws: InputError.self) { try add(5, replace: true) }
    #expect(again?.found == "exits already")
    #expect(try add(5).exits.map(\.reads) == [.model, .previous, .model])
    #expect(try add1(chain, scratch).exits.map(\.depth) == [1, 2, 4])
  }

  private func add1(_ chain: Artifact, _ scratch: Scratch) throws -> Manifest {
    try ExitAttachment(
      source: chain.path, target: scratch("first"), depths: [1], threshold: 0.5
    ).run()
  }

  @Test func theSameExitsHaveTheSameBytes() throws {
    let bodies: [ExitBody] = [.affine(rank: 8), .affine(rank: nil), .mlp, .tail(blocks: 1)]
    let manifests = try (0..<2).map { _ in
      try TinyModel.q4_1.withExits([1, 2, 3, 4], into: try Scratch()) { $0.bodies = bodies }
        .manifest
    }
    #expect(manifests[0] == manifests[1])
    let settings = try #require(manifests[0].provenance.last).settings
    #expect(
      settings.map(\.value) == ["1,2,3,4", "0.9", "affine:8,affine,mlp,tail:1", "false", "last"])
  }
}

/// The inode of a file: two paths with the same inode are one file.
private func inode(_ path: String) throws -> UInt {
  var status = stat()
  try #require(stat(path, &status) == 0)
  return UInt(status.st_ino)
}
