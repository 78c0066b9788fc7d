import CleaveExits
import CleaveModel
import CleaveStorage
import CleaveTrain
import TestSupport
import Testing

/// Tails of blocks that have no backward pass are refused before any of the work.
@Suite struct StateTailTests {
  @Test(arguments: [
    (TinyModel.stateful[0], 3, "a short convolution"), (TinyModel.stateful[1], 4, "a DeltaNet"),
    (TinyModel.stateful[1], 3, "gated attention"),
  ])
  func areRefusedByName(_ tiny: TinyModel, _ first: Int, _ part: String) throws {
    let scratch = try Scratch()
    let model = try tiny.imported(into: scratch)
    var exit = ExitRecord(depth: 2, threshold: 0.9)
    exit.body = .tail(blocks: 1)
    var job = ExitTraining(
      source: model.path, target: scratch("out"), exits: [exit], directory: scratch("out.train"))
    job.tailStart = .blocks([first])
    let error = #expect(throws: InputError.self) { try job.run() }
    #expect(error?.location == "exits[0]")
    #expect(error?.found == "a tail whose blocks have \(part)")
  }
}
