import CleavePrompts
import CleaveStorage
import CleaveTrain
import Glibc
import TestSupport
import Testing

/// A store is made once for one model, data and settings, and never half.
@Suite struct CaptureReuseTests {
  private let fixture: TrainFixture

  init() throws {
    fixture = try TrainFixture()
    _ = try fixture.model()
  }

  @Test func aStoreOfTheSameKeyIsTakenAgain() throws {
    var plan = try fixture.plan(texts: ["one", "two", "three"])
    var capture = try Capture(plan)
    #expect(try capture.existing() == nil)
    let first = try capture.run()
    var events = 0
    capture.onEvent = { _ in events += 1 }
    #expect(try capture.run().key == first.key)
    #expect(events == 0, "nothing was done")
    // Another name of the same contents is the same data.
    try fixture.write(["one", "two", "three"], to: "renamed.jsonl")
    plan.data.prompts[0].source.path = fixture.scratch("renamed.jsonl")
    #expect(try Capture(plan).existing()?.key == first.key)
  }

  @Test func whateverChangesTheStoreChangesTheKey() throws {
    let plan = try fixture.plan(texts: ["one", "two", "three"])
    let key = try Capture(plan).run().key
    let changes: [(inout CapturePlan) -> Void] = [
      { $0.depths = [0, 2] }, { $0.topK = 6 }, { $0.data.seed = 1 }, { $0.data.longest = 95 },
      { $0.data.heldOutOneIn = 5 }, { $0.data.continuation = nil },
      { $0.data.continuation?.topP = 0.5 }, { $0.data.continuation?.topK = 2 },
      { $0.data.prompts[0].count = 2 },
      { $0.data.prompts[0].source.field = "id" }, { $0.data.usesChatTemplate = false },
      { $0.data.excluded = [FieldSource(path: $0.data.prompts[0].source.path, field: "id")] },
    ]
    for (index, change) in changes.enumerated() {
      var other = plan
      change(&other)
      #expect(try Capture(other).existing() == nil, "change \(index)")
      #expect(throws: InputError.self, "change \(index)") { try Capture(other).run() }
    }
    #expect(try CaptureStore(opening: plan.directory).key == key, "it is still there")
  }

  @Test func forceReplacesAnotherStoreAndNothingElse() throws {
    var plan = try fixture.plan(texts: ["one", "two", "three"])
    let first = try Capture(plan).run()
    plan.topK = 3
    plan.force = true
    #expect(try Capture(plan).run().key != first.key)
    _ = try fixture.scratch.makeDirectory("mine")
    try fixture.scratch.write("a person's own", to: "mine/note")
    plan.directory = fixture.scratch("mine")
    #expect(throws: InputError.self) { try Capture(plan).run() }
    try fixture.scratch.write("a note", to: "store/note")
    plan.directory = fixture.scratch("store")
    plan.topK = 4
    #expect(throws: InputError.self) { try Capture(plan).run() }
  }

  /// What a killed process leaves does not open, and goes when the store is made.
  @Test func aLeftoverIsNoStoreAndIsRemoved() throws {
    let plan = try fixture.plan(texts: ["one", "two", "three"])
    _ = try Capture(plan).run()
    let (store, left) = (fixture.scratch("store"), fixture.scratch(".store.staging-abc123"))
    #expect(unlink("\(store)/capture.json") == 0 && rename(store, left) == 0)
    #expect(throws: InputError.self) { try CaptureStore(opening: left) }
    _ = try fixture.scratch.makeDirectory(".store.staging-mine00")
    try fixture.scratch.write("a person's own", to: ".store.staging-mine00/note")
    _ = try Capture(plan).run()
    #expect(!FileSystem.exists(left))
    #expect(FileSystem.exists(fixture.scratch(".store.staging-mine00/note")))
  }

  @Test func nothingIsLeftOfACaptureThatFails() throws {
    let plan = try fixture.plan(texts: ["one", "two", "three"])
    try fixture.scratch.write("{", to: "prompts.jsonl")
    #expect(throws: InputError.self) { try Capture(plan).run() }
    #expect(!Scratch.entries(fixture.scratch.path).contains { $0.contains("store") })
  }
}
