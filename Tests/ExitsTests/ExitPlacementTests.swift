import CleaveExits
import CleaveModel
import Testing

/// Exits as they are written on a command line.
@Suite struct ExitPlacementTests {
  @Test func depthsAndBodiesAreRead() throws {
    let one = try ExitPlacement(depths: "10,20", bodies: "tail:3", replacesBlocks: true)
    #expect(
      one == ExitPlacement(depths: [10, 20], bodies: [.tail(blocks: 3)], replacesBlocks: true))
    let each = try ExitPlacement(
      depths: "4,2,7", bodies: "norm,affine:64,affine", replacesBlocks: false)
    #expect(each.bodies == [.norm, .affine(rank: 64), .affine(rank: nil)])
    #expect(each.depths == [4, 2, 7])
  }

  @Test(arguments: [
    ("x", "norm", "--at x: expected depths with commas, as in 10,20"),
    ("2,", "norm", "--at 2,: expected depths with commas, as in 10,20"),
    ("2,4", "lens", "--body lens: expected \(ExitBody.forms)"),
    ("2,4", "tail:1,", "--body : expected \(ExitBody.forms)"),
    ("2,4", "mlp,mlp,mlp", "--body mlp,mlp,mlp: expected one body, or one for each of 2,4"),
  ])
  func otherTextIsRefused(depths: String, bodies: String, message: String) {
    let error = #expect(throws: ExitPlacementError.self) {
      try ExitPlacement(depths: depths, bodies: bodies, replacesBlocks: false)
    }
    #expect(error?.description == message)
  }

  @Test func feedbackIsForAFirstExitWithATail() throws {
    func placement(_ depths: String, _ bodies: String) throws -> ExitPlacement {
      try ExitPlacement(depths: depths, bodies: bodies, replacesBlocks: false, feedback: true)
    }
    #expect(try placement("2,4", "affine+tail:1,norm").hasFeedback)
    #expect(try placement("4,2", "norm,tail:1").hasFeedback)
    #expect(try !ExitPlacement(depths: "2", bodies: "tail:1", replacesBlocks: false).hasFeedback)
    let error = #expect(throws: ExitPlacementError.self) { try placement("4,2", "tail:1,affine") }
    #expect(
      error?.description
        == "--feedback with the body affine in the first exit: expected a tail there, "
        + "which reads the states that come back")
  }

  @Test func whatThereIsToFit() throws {
    for (bodies, maps, affine) in [
      ("tail:1", false, false), ("affine+tail:1", true, false), ("norm,affine:3", false, true),
      ("affine,affine:2+tail:1", true, true), ("tail:1+affine:2", true, false),
    ] {
      let placement = try ExitPlacement(
        depths: bodies.contains(",") ? "2,4" : "2", bodies: bodies, replacesBlocks: false)
      #expect(placement.hasMaps == maps && placement.hasAffineBodies == affine)
    }
  }

  /// Without replacement every exit reads the model.
  @Test func exitsAfterTheFirstReadTheOneBefore() {
    let placement = ExitPlacement(
      depths: [2, 4, 5], bodies: [.tail(blocks: 1)], replacesBlocks: true)
    let exits = placement.records(threshold: 0.7)
    #expect(exits.map(\.reads) == [.model, .previous, .previous])
    #expect(exits.allSatisfy { $0.threshold == 0.7 && $0.body == .tail(blocks: 1) && !$0.trained })
    var apart = placement
    apart.replacesBlocks = false
    #expect(apart.records(threshold: 0.7).allSatisfy { $0.reads == .model })
  }
}
