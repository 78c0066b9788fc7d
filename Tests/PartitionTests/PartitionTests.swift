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
        $0.placement.bodies = [.tail(blocks: 1), .tail(blocks: 1)]
        $0.placement.replacesBlocks = replace
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

  /// A head of its own stays behind where no exit of the edge reads it whole.
  @Test(arguments: [TinyModel.llama3, .q4_1], [nil, [4]] as [[Int]?])
  func exitsWithAVocabularyNeedNoHead(_ tiny: TinyModel, depths: [Int]?) throws {
    let scratch = try Scratch()
    let model = try VocabularyModel.make(
      [3, 4, 90], of: try tiny.withExits([2, 4], into: scratch), depths: depths,
      includesText: false, into: scratch)
    let (edge, cloud) = try TinyModel.partition(model, into: scratch)
    #expect(edge.manifest.exitVocabulary == model.manifest.exitVocabulary)
    let isTied = model.manifest.configuration.tiedEmbeddings
    #expect((edge.manifest.file(ArtifactLayout.head) == nil) == (!isTied && depths == nil))
    #expect(edge.manifest.file(ArtifactLayout.embedding) != nil)
    for path in [ArtifactLayout.exitVocabulary, ArtifactLayout.exitVocabularyTokens] {
      #expect(edge.manifest.file(path) == model.manifest.file(path))
      #expect(cloud.manifest.file(path) == nil)
    }
    #expect(cloud.manifest.exitVocabulary == nil)
    func faults(_ edge: Manifest) -> [String] {
      StructureCheck(edge: edge, cloud: cloud.manifest, model: model.manifest).faults()
    }
    #expect(faults(edge.manifest).isEmpty)
    var other = edge.manifest
    other.exitVocabulary?.count = 2
    #expect(faults(other) == ["the edge bundle's exit vocabulary differs from the model's"])
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
}

/// The inode of a file: two paths with the same inode are one file.
private func inode(_ path: String) throws -> UInt {
  var status = stat()
  try #require(stat(path, &status) == 0)
  return UInt(status.st_ino)
}
