import CleaveModel
import CleaveStorage
import CleaveTrain
import TestSupport
import Testing

/// From a model to a model with exits, and what is refused before any of the work.
@Suite struct ExitTrainingTests {
  private let fixture: TrainerFixture
  private var scratch: Scratch { fixture.scratch }

  init() throws { fixture = try TrainerFixture(depths: [2, 4]) }

  private func job(
    _ exits: [ExitRecord] = TrainerFixture.chain, source: String? = nil, target: String = "out"
  ) throws -> ExitTraining {
    var job = ExitTraining(
      source: source ?? fixture.artifact.path, target: scratch(target), exits: exits,
      directory: scratch("\(target).train"))
    job.store = fixture.store.path
    job.settings = TrainerFixture.settings(steps: 6)
    job.threads = 2
    return job
  }

  @Test func theArtifactSaysWhatItIs() throws {
    var job = try job()
    job.storedType = .f16
    let result = try job.run()
    let artifact = try Artifact(opening: scratch("out"))
    #expect(result.manifest == artifact.manifest)
    #expect(artifact.manifest.modelID == fixture.artifact.manifest.modelID)
    let exits = artifact.manifest.exits
    #expect(exits.map(\.depth) == [2, 4] && exits.map(\.reads) == [.model, .previous])
    #expect(exits.allSatisfy { $0.trained && !$0.calibrated && $0.threshold == 0.9 })
    // Fitted: on a grid, and not where it begins.
    #expect(exits.allSatisfy { (0.25...4).contains($0.temperature) })
    #expect(exits.contains { $0.temperature != 1 })
    for file in artifact.manifest.files where file.path.hasPrefix("exits/") {
      for tensor in file.tensors {
        #expect(tensor.type == (tensor.shape.count == 1 ? .f32 : .f16), "\(tensor.name)")
      }
    }
    let step = try #require(artifact.manifest.provenance.last)
    #expect(step.step == "train" && step.inputs.map(\.name) == ["manifest.json", "capture.json"])
    #expect(step.settings.contains { $0 == ("exits", "2=tail:1,4=tail:1") })
    #expect(
      Scratch.entries(scratch("out.train")) == ["checkpoint.safetensors", "curve.svg", "log.jsonl"])
    #expect(try readFile(scratch("out.train/log.jsonl")).count { $0 == 10 } == 4)
  }

  /// Every weight of the model is the file it was, and what ships is the best, not the last.
  @Test func theModelStaysAsItIsAndTheBestIsWritten() throws {
    var job = try job([ExitRecord(depth: 2, body: .affine(rank: nil), threshold: 0.9)])
    job.storedType = .f32
    // Until it gets worse.
    job.settings.rate = 0.9
    job.settings.steps = 400
    job.settings.evaluations = 200
    job.settings.patience = 1
    let result = try job.run()
    let best = try #require(result.history.min { $0.scores[0].loss < $1.scores[0].loss })
    #expect(result.scores == best.scores)
    #expect(result.end == .stoppedEarly)
    #expect(try #require(result.history.last).scores[0].loss >= best.scores[0].loss)
    #expect(result.history.count > 2)
    let artifact = try Artifact(opening: scratch("out"))
    for file in fixture.artifact.manifest.files {
      #expect(artifact.manifest.file(file.path) == file)
    }
  }

  @Test func theContentsTrainedOnAreListed() throws {
    _ = try job().run()
    let record = try #require(try Artifact(opening: scratch("out")).trainingData())
    for split in Split.allCases {
      let digests = fixture.store.sequences.filter { $0.split == split }.map(\.digest.sha256)
      #expect(!digests.isEmpty)
      #expect(
        (split == .train ? record.trained : record.heldOut)
          == Set(digests.map { String($0.prefix(32)) }))
      #expect(digests.allSatisfy { record.contains(sha256: $0) })
    }
    #expect(try fixture.artifact.trainingData() == nil)
  }

  /// What a killed process was writing goes.
  @Test func leftoversAreRemoved() throws {
    _ = try scratch.makeDirectory("out.train")
    for name in [".checkpoint.safetensors.staging-abc123", ".log.jsonl.staging-x1y2z3"] {
      try scratch.write("x", to: "out.train/\(name)")
    }
    _ = try job().run()
    #expect(
      Scratch.entries(scratch("out.train")) == ["checkpoint.safetensors", "curve.svg", "log.jsonl"])
  }

  private func refusal(_ job: ExitTraining) -> InputError? {
    let error = #expect(throws: InputError.self) { try job.run() }
    #expect(Scratch.entries(scratch.path).allSatisfy { !$0.contains("staging") })
    #expect(!FileSystem.exists(job.target))
    return error
  }

  @Test func exitsThatCannotBeAreRefused() throws {
    for (exits, text) in [
      ([(4, ExitBody.norm), (2, .norm)], "found depths [4, 2]; expected rising depths"),
      ([(0, .mlp)], "found depth 0; expected at least 1"),
      ([(6, .norm)], "found depth 6; expected less than the model's 6 blocks"),
      ([(2, .affine(rank: 49))], "found rank 49"),
      ([(2, .tail(blocks: 0))], "found a tail of 0 blocks"),
      ([(2, .tail(blocks: 7))], "found 7 blocks in tails"),
      ([(3, .norm)], "expected depth 3 among them"),
    ] {
      let records = exits.map { ExitRecord(depth: $0.0, body: $0.1, threshold: 0.9) }
      let error = refusal(try job(records))
      #expect(error.map { "\($0)" }?.contains(text) == true, "\(String(describing: error))")
    }
    for threshold in [-0.1, .nan, .infinity] {
      let error = refusal(try job([ExitRecord(depth: 2, threshold: threshold)]))
      #expect(error?.found == "threshold \(threshold)")
    }
    let previous = ExitRecord(depth: 2, reads: .previous, body: .tail(blocks: 1), threshold: 1)
    #expect(refusal(try job([previous]))?.expected == "one that reads model")
  }

  @Test func aModelWithExitsIsRefused() throws {
    _ = try job().run()
    let error = refusal(try job(source: scratch("out"), target: "again"))
    #expect(error?.location == "exits" && error?.found == "2 of them already")
  }

  @Test func aTargetThatIsThereIsRefusedBeforeTraining() throws {
    _ = try scratch.makeDirectory("out")
    let error = #expect(throws: InputError.self) { try job().run() }
    #expect(error?.file == scratch("out"))
    #expect(!FileSystem.exists(scratch("out.train/checkpoint.safetensors")))
  }

  @Test func aStoreOfAnotherModelIsRefused() throws {
    let id = fixture.artifact.manifest.modelID
    let other = String(id.reversed())
    try scratch.edit("store/capture.json", id, other)
    let error = refusal(try job())
    #expect(error?.location == "model_id" && error?.found == other)
    #expect(error?.expected == "\(id), of \(fixture.artifact.path)")
  }

  /// It says it is this model's; its numbers say that it is not.
  @Test(arguments: [
    (#""vocabulary_size": 320"#, #""vocabulary_size": 400"#, "vocabulary_size", "320"),
    (#""vocabulary_size": 320"#, #""vocabulary_size": 319"#, "vocabulary_size", "320"),
  ])
  func aStoreOfAnotherShapeIsRefused(
    _ old: String, _ new: String, _ location: String, _ expected: String
  ) throws {
    try scratch.edit("store/capture.json", old, new)
    let error = refusal(try job())
    #expect(error?.location == location)
    #expect(error?.expected == "\(expected), of \(fixture.artifact.path)")
  }

  /// One that somebody made so: a capture has texts on both sides.
  @Test(arguments: [(UInt8(0), "none held out"), (1, "none to train on")])
  func aStoreOfOneSideIsRefused(split: UInt8, found: String) throws {
    var bytes = try readFile(scratch("store/sequences.bin"))
    let before = FileDigest(of: bytes).sha256
    for at in stride(from: 40, to: bytes.count, by: 48) { bytes[at] = split }
    try scratch.write(bytes, to: "store/sequences.bin")
    try scratch.edit("store/capture.json", before, FileDigest(of: bytes).sha256)
    let error = refusal(try job())
    #expect(error?.location == "sequences" && error?.found == found)
    #expect(error?.file == fixture.store.path)
  }
}
