import CleaveStorage
import CleaveTrain
import TestSupport
import Testing

/// A checkpoint that is another's, or damaged, is refused by file, place, what was found and expected.
@Suite struct TrainingSnapshotTests {
  private let scratch: Scratch
  private let parameters = Parameters([("matrix", [6, 5]), ("vector", [3])])
  private let best = FloatBuffer(33)
  private let path: String
  private let state: TrainingState

  init() throws {
    scratch = try Scratch()
    path = scratch("checkpoint.safetensors")
    var random = CounterRandom(seed: 8)
    for buffer in [
      parameters.values, parameters.firstMoments, parameters.secondMoments, best,
    ] {
      buffer.copy((0..<33).map { _ in Float(random.uniform()) })
    }
    let json = try JSON.parse(Array(TrainingStateTests.text.utf8), file: "state")
    state = try TrainingState(JSONNode(json, file: "state"), exits: 2)
    try TrainingSnapshot(path: path, identity: "mine").save(state, parameters, best: best)
  }

  private func load(
    identity: String = "mine", into parameters: Parameters? = nil, exits: Int = 2
  ) throws -> TrainingState? {
    let parameters = parameters ?? Parameters([("matrix", [6, 5]), ("vector", [3])])
    return try TrainingSnapshot(path: path, identity: identity)
      .load(into: parameters, best: FloatBuffer(parameters.values.count), exits: exits)
  }

  private func refusal(_ body: () throws -> TrainingState?) -> InputError? {
    let error = #expect(throws: InputError.self) { try body() }
    #expect(error?.file == path)
    return error
  }

  /// Puts bytes in the place of as many others, which are there.
  private func replace(_ old: String, _ new: String) throws {
    let (old, new) = (Array(old.utf8), Array(new.utf8))
    var bytes = try readFile(path)
    #expect(old.count == new.count)
    let start = try #require(
      (0...(bytes.count - old.count)).first { bytes[$0..<($0 + old.count)].elementsEqual(old) })
    bytes.replaceSubrange(start..<(start + old.count), with: new)
    try scratch.write(bytes, to: "checkpoint.safetensors")
  }

  @Test func everythingComesBack() throws {
    let found = Parameters([("matrix", [6, 5]), ("vector", [3])])
    let foundBest = FloatBuffer(33)
    let loaded = try TrainingSnapshot(path: path, identity: "mine")
      .load(into: found, best: foundBest, exits: 2)
    #expect(loaded == state)
    for (found, saved) in [
      (found.values, parameters.values), (found.firstMoments, parameters.firstMoments),
      (found.secondMoments, parameters.secondMoments), (foundBest, best),
    ] {
      #expect(found.array(0..<33) == saved.array(0..<33))
    }
    try scratch.remove("checkpoint.safetensors")
    #expect(try load() == nil)
  }

  @Test func anotherRunsIsRefused() {
    let error = refusal { try load(identity: "yours") }
    #expect(error?.location == "identity" && error?.found == "mine")
    #expect(error?.expected == "yours, of this model, data and settings")
    #expect(error?.advice?.contains("another directory") == true)
  }

  @Test func tensorsOfAnotherSizeAreRefused() {
    let error = refusal { try load(into: Parameters([("matrix", [6, 6]), ("vector", [3])])) }
    #expect(error?.location == "values" && error.map { "\($0)" }?.contains("39") == true)
  }

  @Test(arguments: [
    (#""first_moments":"#, #""worst_moments":"#, "first_moments"),
    (#""dtype":"F32""#, #""dtype":"I32""#, "best"),
    (#""shape":[33]"#, #""shape":[3 ]"#, ""),
    (#"\"step\":7"#, #"\"stop\":7"#, "step"),
    (#"\"step\":7"#, #"\"step\":x"#, "state"),
    (#"\"steps\":20"#, #"\"steps\":02"#, "state"),
    (#"\"agreement\":0.75"#, #"\"agreement\":null"#, "agreement"),
    (#""identity":"mine""#, #""identify":"mine""#, "identity"),
    (#""state":"#, #""stats":"#, "state"),
  ])
  func damagesAreRefused(_ old: String, _ new: String, _ location: String) throws {
    try replace(old, new)
    let error = refusal { try load() }
    let text = error.map { "\($0)" } ?? ""
    #expect(text.contains(location.isEmpty ? "checkpoint" : location), "\(text)")
    #expect(error.map { !$0.found.isEmpty && !$0.expected.isEmpty } == true)
  }

  @Test func ofAnotherNumberOfExits() {
    #expect(refusal { try load(exits: 1) }?.expected.contains("1 exits") == true)
  }

  @Test func anythingElseInItsPlaceIsRefused() throws {
    let whole = try readFile(path)
    for bytes in [[], Array(whole.dropLast(1)), whole + [0], Array("{}".utf8)] {
      try scratch.write(bytes, to: "checkpoint.safetensors")
      #expect(refusal { try load() } != nil)
    }
    try scratch.remove("checkpoint.safetensors")
    _ = try scratch.makeDirectory("checkpoint.safetensors")
    #expect(throws: InputError.self) { try load() }
  }

  @Test func damagedBytesAreInputErrors() throws {
    let whole = try readFile(path)
    var mutator = Mutator(seed: 5)
    expectInputErrorsOnly(300) { _ in
      try scratch.write(mutator.mutate(whole, limit: 1600), to: "checkpoint.safetensors")
      _ = try load()
    }
  }
}
