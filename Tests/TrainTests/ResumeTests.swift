import CleaveModel
import CleaveStorage
import CleaveTrain
import TestSupport
import Testing

/// Training that was stopped goes on to the bits of training that was not.
@Suite struct ResumeTests {
  private let fixture: TrainerFixture

  init() throws { fixture = try TrainerFixture(depths: [2, 3, 4, 6]) }

  /// Runs a new trainer until so many steps were done in it.
  private func run(_ trainer: Trainer, steps: Int = .max) throws -> Trainer.End {
    let last = trainer.state.step.addingReportingOverflow(steps).partialValue
    return try trainer.run(shouldStop: { steps != .max && trainer.state.step >= last })
  }

  @Test(
    arguments: [
      TrainerFixture.chain,
      [
        ExitRecord(depth: 2, body: .affine(rank: 7), threshold: 0.9),
        ExitRecord(depth: 3, body: .mlp, threshold: 0.9),
        ExitRecord(depth: 4, body: .norm, threshold: 0.9),
      ],
    ])
  func stoppedTrainingGoesOnToTheSameBits(_ exits: [ExitRecord]) throws {
    let whole = try fixture.trainer(exits, work: "whole")
    #expect(!whole.isResumed)
    #expect(try run(whole) == .finished)
    #expect(whole.history.map(\.step) == [0, 4, 8, 12, 14])
    // Between evaluations, just after one, and after one step alone.
    for steps in [6, 1, 1, 3] {
      let part = try fixture.trainer(exits, work: "parts")
      #expect(try run(part, steps: steps) == .interrupted)
    }
    let last = try fixture.trainer(exits, work: "parts")
    #expect(last.isResumed && last.state.step == 11)
    #expect(try run(last) == .finished)
    #expect(TrainingOutcome(last) == TrainingOutcome(whole))
    #expect(whole.history[2].losses.allSatisfy { $0 > 0.1 }, "there is something to compare")
    // And once more after the end: nothing is left to do.
    let again = try fixture.trainer(exits, work: "parts")
    #expect(try run(again) == .finished)
    #expect(TrainingOutcome(again) == TrainingOutcome(whole))
  }

  /// What the checkpoint at intervals holds is what goes on, too.
  @Test func aCheckpointAtAnIntervalIsEnough() throws {
    let whole = try fixture.trainer(TrainerFixture.chain, work: "whole")
    _ = try run(whole)
    let killed = try fixture.trainer(TrainerFixture.chain) { $0.snapshotInterval = 0 }
    _ = try killed.run(report: { report in
      // What stands there in the middle of the seventh step.
      guard report.step == 7, report.record == nil else { return }
      try? fixture.scratch.copyFile("work/checkpoint.safetensors", to: "kept")
    })
    try fixture.scratch.write(
      try readFile(fixture.scratch("kept")), to: "work/checkpoint.safetensors")
    let resumed = try fixture.trainer(TrainerFixture.chain)
    #expect(resumed.state.step == 6, "the last step that was finished")
    _ = try run(resumed)
    #expect(TrainingOutcome(resumed) == TrainingOutcome(whole))
  }

  /// Another step might find a better place, and the end would depend on when it was asked.
  @Test func trainingThatStoppedEarlyStaysStopped() throws {
    func trainer() throws -> Trainer {
      try fixture.trainer(TrainerFixture.chain, steps: 40) {
        // So high that it only gets worse.
        $0.rate = 0.3
        $0.evaluations = 10
        $0.patience = 2
      }
    }
    let first = try trainer()
    #expect(try run(first) == .stoppedEarly)
    #expect(first.state.step < 40 && first.state.evaluationsSinceBest == 2)
    let again = try trainer()
    #expect(try run(again) == .stoppedEarly)
    #expect(TrainingOutcome(again) == TrainingOutcome(first))
  }

  /// Also when it is stopped before the pace is known.
  @Test func aTimeBudgetIsPlannedOnce() throws {
    func trainer() throws -> Trainer {
      try fixture.trainer([ExitRecord(depth: 2, body: .norm, threshold: 0.9)], steps: 40) {
        $0.timeBudget = 1e6
        $0.evaluations = 2
      }
    }
    #expect(try run(try trainer(), steps: 4) == .interrupted)
    let second = try trainer()
    #expect(second.state.steps == 40)
    #expect(try run(second, steps: 11) == .interrupted)
    // A million seconds are enough for more than forty.
    #expect(second.state.step == 15 && second.state.steps > 1000)
    let third = try trainer()
    #expect(try run(third, steps: 2) == .interrupted)
    #expect(third.state.steps == second.state.steps)
  }

  @Test func otherSettingsBeginElsewhereOrAreRefused() throws {
    let exits = TrainerFixture.chain
    #expect(try run(try fixture.trainer(exits), steps: 2) == .interrupted)
    let changes: [(inout TrainingSettings) -> Void] = [
      { $0.rate = 2e-3 }, { $0.steps = 15 }, { $0.seed = 2 }, { $0.loss.negatives = 65 },
      { $0.loss.answerShare = 0.4 }, { $0.loss.focus = 1 }, { $0.loss.promptWeight = 0 },
      { $0.batchTokens = 129 }, { $0.accumulation = 1 }, { $0.evaluations = 4 },
      { $0.heldOutTokens = 301 }, { $0.patience = 3 }, { $0.decay = 0 }, { $0.warmUp = 0.1 },
      { $0.largestNorm = 2 }, { $0.timeBudget = 100 }, { $0.loss.stateWeight = 1 },
    ]
    for (index, change) in changes.enumerated() {
      let error = #expect(throws: InputError.self, "change \(index)") {
        try fixture.trainer(exits, change: change)
      }
      #expect(error?.location == "identity")
    }
    #expect(throws: InputError.self) { try fixture.trainer(exits, start: .next) }
    #expect(throws: InputError.self) { try fixture.trainer(Array(exits[..<1])) }
    // What the weights do not depend on may change.
    #expect(try fixture.trainer(exits) { $0.snapshotInterval = 1 }.isResumed)
  }
}

extension Scratch {
  /// A copy of a file inside.
  func copyFile(_ name: String, to other: String) throws {
    try write(try readFile(self(name)), to: other)
  }
}
