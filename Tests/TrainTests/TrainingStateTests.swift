import CleaveStorage
import CleaveTrain
import TestSupport
import Testing

/// Where training stood, as a checkpoint keeps it.
@Suite struct TrainingStateTests {
  /// Numbers that need all their digits.
  static let text = """
    {"step":7,"steps":20,"epoch":2,"batch":3,"tokens":4321,"seconds":12.300000000000001,\
    "best_loss":0.30000000000000004,"best_step":5,"evaluations_since_best":1,\
    "sums":[[1e-300,2.5],[3.1415926535897931,0.1]],"state_sums":[[0.5,2],[0.25,2]],\
    "history":[{"step":5,"tokens":99,"seconds":0.1,"rate":0.001,"training_loss":[1.1,2.2],\
    "state_loss":[0.3,0.4],"held_out":[{"tokens":4,"loss":1.7,\
    "agreement":0.75,"coverage_95":0.25,"coverage_90":0.5},{"tokens":4,"loss":1.6,\
    "agreement":0.5,"coverage_95":0,"coverage_90":0}]}]}
    """

  private func state(_ text: String, exits: Int = 2) throws -> TrainingState {
    let json = try JSON.parse(Array(text.utf8), file: "state")
    return try TrainingState(JSONNode(json, file: "state"), exits: exits)
  }

  @Test func everyBitComesBack() throws {
    let state = try state(Self.text)
    #expect(state.step == 7 && state.steps == 20 && state.tokens == 4321)
    #expect(state.dataPosition == DataPosition(epoch: 2, batch: 3))
    #expect(state.bestLoss == 0.1 + 0.2 && state.bestStep == 5)
    #expect(state.evaluationsSinceBest == 1 && state.seconds == 12.300000000000001)
    #expect(state.sums == [LossSum(loss: 1e-300, weight: 2.5), LossSum(loss: .pi, weight: 0.1)])
    #expect(state.stateSums.map(\.loss) == [0.5, 0.25])
    #expect(state.history[0].stateLosses == [0.3, 0.4])
    #expect(state.history[0].losses == [1.1, 2.2] && state.history[0].scores[0].agreement == 0.75)
    #expect(try self.state(state.json.text(pretty: false)) == state)
  }

  @Test func beforeTheFirstEvaluationNothingIsBest() throws {
    let fresh = TrainingState(steps: 9, exits: 2)
    #expect(fresh.bestLoss == .infinity && fresh.sums.count == 2)
    #expect(try state(fresh.json.text(pretty: false)) == fresh)
  }

  /// Of checkpoints made before the sums were kept.
  @Test func withoutSumsTheyBeginAgain() throws {
    let text = Self.text.replacing(#""sums":[[1e-300,2.5],[3.1415926535897931,0.1]],"#, with: "")
      .replacing(#""state_sums":[[0.5,2],[0.25,2]],"#, with: "")
    #expect(try state(text).sums == [LossSum(), LossSum()])
    #expect(try state(text).stateSums == [LossSum(), LossSum()])
  }

  @Test(arguments: [
    (#""step":7,"#, "", "no \"step\""),
    (#""step":7"#, #""step":-1"#, "step: found -1"),
    (#""step":7"#, #""step":21"#, "at most 20 steps"),
    (#""batch":3"#, #""batch":9223372036854775807"#, "batch"),
    (#""epoch":2"#, #""epoch":0.5"#, "epoch"),
    (#""seconds":12.3"#, #""seconds":-12.3"#, "the state of a run"),
    (#""best_loss":0.3"#, #""best_loss":"a","b":0.3"#, "best_loss"),
    ("[1e-300,2.5]", "[1e-300]", "sums[0]"),
    ("[[1e-300,2.5],", "[", "the state of a run of 2 exits"),
    ("[[0.5,2],", "[", "the state of a run of 2 exits"),
    ("[0.3,0.4]", "[0.3]", "history[0]"),
    ("[1.1,2.2]", "[1.1]", "history[0]"),
    (#""training_loss":[1.1,2.2]"#, #""training_loss":[1.1,null]"#, "training_loss[1]"),
    (#""agreement":0.5,"#, "", "no \"agreement\""),
  ])
  func statesThatCannotBeAreRefused(_ old: String, _ new: String, _ message: String) throws {
    let text = Self.text.replacing(old, with: new, maxReplacements: 1)
    #expect(text != Self.text)
    #expect {
      try state(text)
    } throws: {
      $0 is InputError && "\($0)".contains(message)
    }
  }

  /// What is drawn and listed for each exit must be there for each.
  @Test(arguments: [1, 3]) func ofAnotherNumberOfExits(count: Int) {
    #expect(throws: InputError.self) { try state(Self.text, exits: count) }
  }
}
