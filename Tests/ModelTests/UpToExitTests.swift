import CleaveModel
import CleaveStorage
import TestSupport
import Testing

/// Which files an edge bundle needs that is used up to one of its exits.
@Suite struct UpToExitTests {
  private let scratch: Scratch

  init() throws { scratch = try Scratch() }

  private func paths(_ manifest: Manifest) -> [String] {
    manifest.files.map(\.path).filter { $0.hasPrefix("weights/block") || $0.hasPrefix("exits/") }
  }

  @Test func blocksAndExitsBehindItGo() throws {
    let edge = try TinyModel.llama3.bundles(exits: [2, 4], into: scratch).edge
    let narrowed = try edge.manifest.upToExit(at: 2, file: "")
    #expect(narrowed.blocks == 0..<2 && narrowed.exits.map(\.depth) == [2])
    #expect(
      paths(narrowed) == [
        "exits/exit-0002.safetensors", "weights/block-0000.safetensors",
        "weights/block-0001.safetensors",
      ])
    #expect(narrowed.kvBytes.all < edge.manifest.kvBytes.all)
    #expect(try edge.manifest.upToExit(at: 4, file: "") == edge.manifest)
  }

  /// What is opened is checked as ever; what is not used is not looked at.
  @Test func whatIsUsedMustBeThere() throws {
    let edge = try TinyModel.llama3.bundles(exits: [2, 4], into: scratch).edge
    let name = String(edge.path.dropFirst(scratch.path.count + 1))
    try scratch.remove("\(name)/weights/block-0003.safetensors")
    let opened = try Artifact(opening: edge.path, upToExit: 2)
    #expect(opened.missing == ["weights/block-0003.safetensors"] && opened.unusedExits == 1)
    #expect(throws: InputError.self) { try Artifact(opening: edge.path, upToExit: 4) }
    try scratch.remove("\(name)/weights/block-0001.safetensors")
    #expect(throws: InputError.self) { try Artifact(opening: edge.path, upToExit: 2) }
  }

  @Test func othersAreRefused() throws {
    let bundles = try TinyModel.llama3.bundles(exits: [2, 4], into: scratch)
    let depth = #expect(throws: InputError.self) {
      try bundles.edge.manifest.upToExit(at: 3, file: "e")
    }
    #expect(depth?.found == "no exit at depth 3" && depth?.expected == "one of 2, 4")
    let cloud = #expect(throws: InputError.self) {
      try bundles.cloud.manifest.upToExit(at: 2, file: "c")
    }
    #expect(cloud?.location == "role" && cloud?.found == "cloud")
  }
}
