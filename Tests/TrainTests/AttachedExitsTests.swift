import CleaveExits
import CleaveModel
import CleaveRuntime
import CleaveStorage
import CleaveTrain
import TestSupport
import Testing

/// Exits that `exits add` attached are what training alone would begin with.
@Suite struct AttachedExitsTests {
  private let fixture: TrainerFixture
  private var scratch: Scratch { fixture.scratch }

  init() throws { fixture = try TrainerFixture(depths: [2, 3, 4, 5]) }

  private func attach(
    _ placement: ExitPlacement, _ start: TailStart = .last, to name: String = "attached"
  ) throws -> Artifact {
    var attachment = ExitAttachment(
      source: fixture.artifact.path, target: scratch(name), placement: placement, threshold: 0.9)
    attachment.tailStart = start
    _ = try attachment.run()
    return try Artifact(opening: scratch(name))
  }

  private func job(_ source: Artifact, _ placement: ExitPlacement, target: String) -> ExitTraining {
    var job = ExitTraining(
      source: source.path, target: scratch(target), exits: placement.records(threshold: 0.9),
      directory: scratch("\(target).train"))
    job.store = fixture.store.path
    job.settings = TrainerFixture.settings(steps: 6)
    job.threads = 2
    return job
  }

  static let placements = [
    ExitPlacement(
      depths: [2, 3, 4, 5],
      bodies: [.norm, .affine(rank: nil), .affine(rank: 7), .mlp]),
    ExitPlacement(depths: [2, 4], bodies: [.tail(blocks: 1)]),
    ExitPlacement(
      depths: [2, 4], bodies: [.tail(blocks: 1), .tail(blocks: 2)], replacesBlocks: true),
  ]

  /// What the files of the attached exits hold is what the trainer begins with, to the bit.
  @Test(arguments: placements, TailStart.allCases)
  func theWeightsAttachedAreThoseTrainingBeginsWith(
    _ placement: ExitPlacement, _ start: TailStart
  ) throws {
    let attached = try attach(placement, start)
    let exits = placement.records(threshold: 0.9)
    let alone = try fixture.trainer(exits, start: start, work: "alone").network.parameters
    var names: Set<String> = []
    for exit in exits {
      for (name, tensor) in try attached.tensors(in: exit.path) {
        let entry = try #require(alone.entries.first { $0.name == name })
        let began = alone.values.array(entry.range)
        #expect(began.map(\.bitPattern) == tensor.floats().map(\.bitPattern), "\(name)")
        names.insert(name)
      }
    }
    #expect(names == Set(alone.entries.map(\.name)))
  }

  /// Training goes on from the attached exits, to the same bytes as from the model alone.
  @Test(arguments: placements)
  func trainingAttachedExitsHasTheSameBytes(_ placement: ExitPlacement) throws {
    _ = try job(fixture.artifact, placement, target: "alone").run()
    let attached = try attach(placement)
    _ = try job(attached, placement, target: "continued").run()
    let (alone, continued) = (
      try Artifact(opening: scratch("alone")), try Artifact(opening: scratch("continued"))
    )
    #expect(continued.manifest.exits == alone.manifest.exits)
    #expect(continued.manifest.files == alone.manifest.files)
    #expect(continued.manifest.provenance.map(\.step) == ["import", "exits add", "train"])
    #expect(try continued.damagedFiles().isEmpty)
  }

  /// The blocks that tails began as were chosen with `exits add`.
  @Test func tailsBeginAsTheyWereAttached() throws {
    let placement = Self.placements[1]
    let attached = try attach(placement, .next)
    _ = try job(attached, placement, target: "continued").run()
    var alone = job(fixture.artifact, placement, target: "alone")
    alone.tailStart = .next
    _ = try alone.run()
    #expect(
      try Artifact(opening: scratch("continued")).manifest.files
        == Artifact(opening: scratch("alone")).manifest.files)

    var again = job(attached, placement, target: "again")
    again.tailStart = .next
    let error = #expect(throws: InputError.self) { try again.run() }
    #expect(error?.expected.contains("no --init") == true)
  }

  @Test func otherExitsThanThoseAttachedAreRefused() throws {
    let attached = try attach(ExitPlacement(depths: [2], bodies: [.norm]))
    let error = #expect(throws: InputError.self) {
      try job(attached, ExitPlacement(depths: [2], bodies: [.mlp]), target: "out").run()
    }
    #expect(error?.found == "1 of them already" && error?.advice == "It has 2=norm.")
    #expect(error?.expected.contains("2=mlp") == true)
  }
}
