import CleaveModel
import CleaveStorage
import TestSupport
import Testing

/// What manifests say of the form of blocks.
@Suite struct BlockFormTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let change: @Sendable (inout BlockForm) -> Void
    let location: String
    var testDescription: String { location }

    init(_ location: String, _ change: @escaping @Sendable (inout BlockForm) -> Void) {
      self.change = change
      self.location = location
    }
  }

  private func configuration(_ change: (inout BlockForm) -> Void) throws -> ModelConfiguration {
    var configuration = try TinyArtifact.manifest(exits: [ExitRecord]()).configuration
    change(&configuration.block)
    try configuration.validate(file: "m", location: "")
    return configuration
  }

  /// Settings outside the blocks: fewer embeddings of positions than positions, a bias of a tied head.
  @Test func modelsThatCannotBeAreRefused() throws {
    let plain = try TinyArtifact.manifest(exits: [ExitRecord]()).configuration
    func location(_ change: (inout ModelConfiguration) -> Void) -> String? {
      var configuration = plain
      change(&configuration)
      return #expect(throws: InputError.self) {
        try configuration.validate(file: "m", location: "")
      }?.location
    }
    #expect(location { $0.learnedPositions = $0.contextLength - 1 } == "position_embeddings")
    #expect(location { $0.learnedPositions = Int.max } == "position_embeddings")
    let biased = location {
      $0.tiedEmbeddings = true
      $0.headBias = true
    }
    #expect(biased == "head_bias")
  }

  @Test(arguments: ["stablelm-parallel", "gpt-neox", "cohere", "starcoder2", "gpt2", "phi"])
  func settingsReadBack(_ name: String) throws {
    let tiny = try #require(TinyModel.families.first { $0.checkpoint == "families/\(name)" })
    let scratch = try Scratch()
    let manifest = try tiny.imported(into: scratch).manifest
    let text = Array(manifest.json.text().utf8)
    let again = try Manifest(try JSONNode(parsing: text, file: "manifest.json"))
    #expect(again == manifest && manifest.configuration.block.norm == .layer)
  }

  @Test(arguments: [
    Case("block.norm_bias") { $0.normBias = true },
    Case("block.norm") {
      $0.norm = .layer
      $0.queryKeyNorm = true
    },
    Case("block.norm") {
      $0.norm = .layer
      $0.postNorms = true
    },
    Case("block.parallel") {
      $0.preNorms = false
      $0.postNorms = true
      $0.parallel = .ownNorms
    },
    Case("block.gated") {
      $0.gated = false
      $0.experts = Experts(count: 2, perToken: 1, normalized: true)
    },
    Case("block.gate_clamp") {
      $0.gateClamp = GateClamp(slope: 1.7, limit: 7)
      $0.activation = .gelu
    },
    Case("block.gate_clamp") { $0.gateClamp = GateClamp(slope: 1.7, limit: 0) },
    Case("block.gate_clamp") { $0.gateClamp = GateClamp(slope: .infinity, limit: 7) },
    Case("block.feed_forward_bias") {
      $0.feedForwardBias = true
      $0.experts = Experts(count: 2, perToken: 1, normalized: true, sharedSize: 8)
    },
  ]) func isRefused(_ form: Case) throws {
    let error = #expect(throws: InputError.self) { try configuration(form.change) }
    #expect(error?.location == form.location)
  }
}
