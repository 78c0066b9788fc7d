import CleaveExits
import CleaveModel
import CleaveRuntime
import CleaveStorage
import CleaveTrain
import TestSupport
import Testing

/// Exits fitted without training, and training that begins with fitted maps.
@Suite struct MapFitTests {
  private let fixture: TrainerFixture
  private var scratch: Scratch { fixture.scratch }

  init() throws { fixture = try TrainerFixture(depths: [2]) }

  private static let chain = [
    ExitRecord(depth: 2, body: .tail(blocks: 1, map: AffineMap()), threshold: 0.9),
    ExitRecord(
      depth: 3, reads: .previous, body: .tail(blocks: 1, map: AffineMap(rank: 9)), threshold: 0.9),
  ]

  private func job(
    _ exits: [ExitRecord] = MapFitTests.chain, source: String? = nil, target: String = "out",
    threads: Int = 2
  ) -> ExitTraining {
    var job = ExitTraining(
      source: source ?? fixture.artifact.path, target: scratch(target), exits: exits,
      directory: scratch("\(target).train"))
    job.store = fixture.store.path
    job.settings = TrainerFixture.settings(steps: 6)
    job.fit = FitSettings()
    job.storedType = .f32
    job.threads = threads
    return job
  }

  /// The weighted squared difference of the states after the tail's map and those that it is fitted to, over the
  /// texts trained on.
  private func error(of artifact: Artifact, exit: ExitRecord) throws -> Double {
    let tensors = try artifact.tensors(in: exit.path)
    let matrix = try #require(tensors[exit.name(of: .affine(.matrix))]).floats()
    let bias = try #require(tensors[exit.name(of: .affine(.bias))]).floats()
    let hidden = bias.count
    let model = try LayerwiseModel(fixture.artifact, numerics: .standard, pool: fixture.pool)
    var sum = 0.0
    for (index, record) in fixture.store.sequences.enumerated() where record.split == .train {
      let states = try fixture.store.read(index).states[0]
      var target = states
      for block in exit.depth..<(exit.copies ?? 0) {
        try model.run(try model.block(block), &target)
      }
      let squares = (0..<record.length).map { row in
        states[row * hidden..<(row + 1) * hidden].reduce(0.0) { $0 + Double($1) * Double($1) }
      }
      let median = squares.sorted()[squares.count / 2]
      for row in 0..<record.length {
        let weight = min(1, (median / squares[row]).squareRoot())
        for out in 0..<hidden {
          var value = states[row * hidden + out] + bias[out]
          for column in 0..<hidden {
            value += matrix[out * hidden + column] * states[row * hidden + column]
          }
          let difference = Double(target[row * hidden + out] - value)
          sum += weight * difference * difference
        }
      }
    }
    return sum
  }

  @Test func aFittedMapErrsLess() throws {
    let exit = ExitRecord(depth: 2, body: .tail(blocks: 1, map: AffineMap()), threshold: 0.9)
    let fit = try job([exit]).runFit()
    let artifact = try Artifact(opening: scratch("out"))
    var attachment = ExitAttachment(
      source: fixture.artifact.path, target: scratch("added"),
      placement: ExitPlacement(depths: [2], bodies: [exit.body]), threshold: 0.9)
    attachment.tailStart = .last
    _ = try attachment.run()
    let added = try Artifact(opening: scratch("added"))
    let record = artifact.manifest.exits[0]
    #expect(record.copies == 5 && added.manifest.exits[0].copies == 5)
    let (fitted, unfitted) = (
      try error(of: artifact, exit: record), try error(of: added, exit: record)
    )
    #expect(fitted < unfitted, "\(fitted) of \(unfitted)")
    let map = try #require(fit.maps.first)
    #expect(map.exit == 2 && map.target == 5 && (0..<1).contains(map.unexplained))
    #expect(fit.maps.count == 1 && fit.unfitted.count == 1 && fit.choice == nil)
  }

  @Test func theArtifactSaysWhatItIs() throws {
    let fit = try job().runFit()
    let artifact = try Artifact(opening: scratch("out"))
    #expect(artifact.manifest == fit.manifest)
    #expect(fit.maps.map(\.exit) == [2, 3] && fit.maps.map(\.target) == [4, 5])
    let exits = artifact.manifest.exits
    #expect(exits.map(\.copies) == [4, 5] && exits.map(\.threshold) == [0.9, 0.9])
    #expect(exits.allSatisfy { $0.trained && !$0.calibrated && $0.feedback == nil })
    // The blocks of the tails are the model's, to the byte.
    for (exit, block) in zip(exits, [4, 5]) {
      let own = try artifact.tensors(in: exit.path)
      let model = try fixture.artifact.tensors(in: ArtifactLayout.block(block))
      for weight in BlockWeight.all(in: artifact.manifest.configuration.block) {
        let (copy, original) = (
          try #require(own[exit.name(of: .tail(0, weight))]),
          try #require(model[WeightName.block(block, weight).text])
        )
        #expect(copy.type == original.type && copy.floats() == original.floats())
      }
      #expect(own.keys.contains { $0.contains("affine") })
    }
    let step = try #require(artifact.manifest.provenance.last)
    #expect(
      step.step == "exits fit" && step.inputs.map(\.name) == ["manifest.json", "capture.json"])
    #expect(step.settings.contains { $0 == ("exits", "2=affine+tail:1,3=affine:9+tail:1") })
    let record = try #require(try artifact.trainingData())
    #expect(fixture.store.sequences.allSatisfy { record.contains(sha256: $0.digest.sha256) })
    #expect(Scratch.entries(scratch("out.train")).isEmpty)
  }

  /// The sums and the engine have the same bits for any number of threads; products of the network that chains
  /// run through have the same for one number.
  @Test func theBytesAreTheSameAgain() throws {
    let affine = [
      ExitRecord(depth: 2, body: .tail(blocks: 2, map: AffineMap(rank: 3)), threshold: 0.9)
    ]
    for (exits, threads, name) in [(affine, [1, 2, 3], "one"), (Self.chain, [2, 2], "chain")] {
      let files = try threads.enumerated().map { index, threads in
        let manifest = try job(exits, target: "\(name)\(index)", threads: threads).runFit().manifest
        return manifest.files.filter { $0.path.hasPrefix("exits/") }.map(\.digest.sha256)
      }
      #expect(files.allSatisfy { $0 == files[0] && !$0.isEmpty })
    }
  }

  /// A body without a tail leads to the model's last hidden states.
  @Test func anAffineBodyIsFittedToTheEnd() throws {
    let exit = ExitRecord(depth: 2, body: .affine(rank: nil), threshold: 0.9)
    let fit = try job([exit]).runFit()
    #expect(fit.maps.map(\.target) == [6])
    #expect(fit.manifest.exits[0].copies == nil)
  }

  /// A readout leads from what its tail makes of the fitted map to the model's last hidden states, and an exit behind
  /// it is fitted to the same as without it.
  @Test func aReadoutIsFittedBehindItsTail() throws {
    var exits = Self.chain
    exits[0].body = .tail(blocks: 1, map: AffineMap(), readout: AffineMap(rank: 5))
    let (plain, fit) = (try job(target: "plain").runFit(), try job(exits).runFit())
    #expect(fit.maps.map(\.exit) == [2, 2, 3] && fit.maps.map(\.target) == [4, 6, 5])
    #expect([fit.maps[0], fit.maps[2]] == plain.maps)
    #expect(fit.scores[0].loss < plain.scores[0].loss)
    #expect(fit.scores[1] == plain.scores[1])
    let names = try Artifact(opening: scratch("out")).tensors(in: exits[0].path).keys
    #expect(names.contains("exits.2.readout.up.weight"))
  }

  @Test func trainingBeginsWithTheFittedMaps() throws {
    let fit = try job(target: "fitted").runFit()
    let result = try job(target: "trained").run()
    #expect(result.maps == fit.maps)
    var unfitted = job(target: "plain")
    unfitted.fit = nil
    let plain = try unfitted.run()
    #expect(plain.maps.isEmpty)
    // At step 0 the exits are those of the fit, but for the type of the stored weights, which is F32 here.
    for (fitted, plain, (expected, unfitted)) in zip3(
      result.history[0].scores, plain.history[0].scores, zip(fit.scores, fit.unfitted))
    {
      #expect(abs(fitted.loss - expected.loss) < 1e-6)
      #expect(plain.loss == unfitted.loss && plain.loss != fitted.loss)
    }
    let settings = try #require(result.manifest?.provenance.last).settings
    #expect(settings.contains { $0.name == "fit" })
  }

  private func zip3<A, B, C>(_ a: [A], _ b: [B], _ c: some Sequence<C>) -> [(A, B, C)] {
    zip(a, zip(b, c)).map { ($0, $1.0, $1.1) }
  }

  /// Stopped before the first snapshot or after it.
  @Test func trainingResumesToTheSameBytes() throws {
    let whole = try job(target: "whole").run()
    for stop in [1, 4] {
      var training = job(target: "parts")
      var steps = 0
      training.onReport = { if $0.record == nil { steps += 1 } }
      training.shouldStop = { steps == stop }
      #expect(try training.run().end == .interrupted)
    }
    let resumed = try job(target: "parts").run()
    #expect(resumed.maps.isEmpty && resumed.end == .finished)
    #expect(resumed.manifest?.files == whole.manifest?.files)
    #expect(resumed.manifest?.exits == whole.manifest?.exits)
    // With another fit it is another run.
    var other = job(target: "parts2")
    other.directory = scratch("parts.train")
    other.fit = nil
    let error = #expect(throws: InputError.self) { try other.run() }
    #expect(error?.location == "identity")
  }

  @Test func attachedExitsAreFittedToo() throws {
    var attachment = ExitAttachment(
      source: fixture.artifact.path, target: scratch("attached"),
      placement: ExitPlacement(
        depths: [2, 3], bodies: Self.chain.map(\.body), replacesBlocks: true), threshold: 0.9)
    attachment.tailStart = .blocks([3])
    _ = try attachment.run()
    let attached = try job(source: scratch("attached"), target: "continued").run()
    var alone = job(target: "alone")
    alone.tailStart = .blocks([3])
    let expected = try alone.run()
    #expect(attached.maps == expected.maps && attached.maps.map(\.target) == [3, 4])
    #expect(attached.manifest?.files == expected.manifest?.files)
    #expect(attached.manifest?.exits == expected.manifest?.exits)
    let fitted = try job(source: scratch("attached"), target: "fitted").runFit()
    #expect(fitted.maps == expected.maps)
  }

  // MARK: Choosing the blocks

  @Test func theBlocksWithTheLeastLossAreChosen() throws {
    var search = job()
    search.searchesTails = true
    let fit = try search.runFit()
    let chain = try #require(fit.choice?.chains.first)
    #expect(fit.choice?.chains.count == 1 && chain.exits == [2, 3])
    #expect(chain.candidates.map(\.block) == [2, 3, 4])
    #expect(chain.candidates.allSatisfy { $0.loss >= chain.best.loss })
    // The map to the depth of the exit itself has nothing to do.
    #expect(try #require(chain.candidates[0].unexplained) < 1e-6)
    #expect(try #require(chain.candidates[2].unexplained) > 1e-3)
    #expect(fit.manifest.exits.map(\.copies) == [chain.best.block, chain.best.block + 1])
    let settings = try #require(fit.manifest.provenance.last).settings
    #expect(settings.contains { $0 == ("start", "\(chain.best.block)") })
    #expect(settings.contains { $0.name == "init" })

    var given = job(target: "given")
    given.tailStart = .blocks([chain.best.block])
    #expect(try given.runFit().manifest.files == fit.manifest.files)
    var trained = job(target: "trained")
    trained.searchesTails = true
    let result = try trained.run()
    #expect(result.choice == fit.choice)
    #expect(result.manifest?.exits.map(\.copies) == fit.manifest.exits.map(\.copies))
  }

  /// Tails without a map can be compared as well, each chain by itself.
  @Test func everyChainIsSearched() throws {
    let other = try TrainerFixture(depths: [2, 4])
    var search = ExitTraining(
      source: other.artifact.path, target: other.scratch("out"),
      exits: [2, 4].map { ExitRecord(depth: $0, body: .tail(blocks: 1), threshold: 0.9) },
      directory: other.scratch("work"))
    search.store = other.store.path
    search.settings = TrainerFixture.settings(steps: 2)
    search.searchesTails = true
    let result = try search.run()
    let chains = try #require(result.choice?.chains)
    #expect(chains.map { $0.candidates.map(\.block) } == [[2, 3, 4, 5], [4, 5]])
    #expect(chains.allSatisfy { $0.candidates.allSatisfy { $0.unexplained == nil } })
    // Neither a map nor feedback: nothing new is recorded.
    #expect(result.manifest?.exits.map(\.copies) == [nil, nil])
  }

  // MARK: Feedback

  @Test func feedbackIsOfTheDepthThatTheTailCopies() throws {
    var training = job()
    training.hasFeedback = true
    training.tailStart = .blocks([3])
    training.store = nil
    training.data = try fixture.fixture.settings(TrainFixture.texts(30))
    let result = try training.run()
    let exits = try #require(result.manifest?.exits)
    #expect(exits.map(\.feedback) == [ExitFeedback(depth: 3), nil])
    // The states that come back are captured.
    let store = try CaptureStore(opening: scratch("out.train/capture"))
    #expect(store.configuration.depths == [2, 3])
  }

  private func refusal(_ change: (inout ExitTraining) -> Void) -> InputError? {
    var training = job(target: "refused")
    change(&training)
    let error = #expect(throws: InputError.self) { try training.run() }
    #expect(!FileSystem.exists(scratch("refused")))
    return error
  }

  @Test func whatCannotBeIsRefused() throws {
    let none = refusal {
      ($0.hasFeedback, $0.exits) = (true, [ExitRecord(depth: 2, threshold: 0.9)])
    }
    #expect(none?.found == "feedback for the body norm at depth 2")
    let own = refusal { ($0.hasFeedback, $0.tailStart) = (true, .next) }
    #expect(own?.found == "feedback for a tail that begins as block 2")
    #expect(own?.advice == "Choose other blocks with --init.")
    #expect(
      refusal { $0.tailStart = .blocks([5]) }?.expected
        == "at most 1, as the model has from block 5 on")
    #expect(
      refusal { $0.tailStart = .blocks([6]) }?.expected == "a block of the model, from 0 to 5")
    #expect(
      refusal { $0.tailStart = .blocks([1, 2, 3]) }?.expected.contains("each of the 1 chains")
        == true)
    let many = refusal {
      $0.searchesTails = true
      $0.exits[0].body = .tail(blocks: 4, map: AffineMap())
    }
    #expect(many?.found == "5 blocks in tails that go on from depth 2")
    #expect(many?.advice == "Give --init last, or fewer blocks.")

    var fit = job([ExitRecord(depth: 2, body: .tail(blocks: 1), threshold: 0.9)])
    let error = #expect(throws: SettingError.self) { try fit.runFit() }
    #expect(error?.found == "tail:1" && error?.expected.contains("affine+tail:4") == true)
    fit.exits = [ExitRecord(depth: 2, body: .affine(rank: nil), threshold: 0.9)]
    fit.searchesTails = true
    let search = #expect(throws: SettingError.self) { try fit.runFit() }
    #expect(search?.found == "exits without a tail")
  }

  @Test func exitsAttachedWithoutFeedbackHaveNone() throws {
    let attachment = ExitAttachment(
      source: fixture.artifact.path, target: scratch("attached"),
      placement: ExitPlacement(
        depths: [2, 3], bodies: Self.chain.map(\.body), replacesBlocks: true), threshold: 0.9)
    _ = try attachment.run()
    var training = job(source: scratch("attached"))
    training.hasFeedback = true
    let error = #expect(throws: InputError.self) { try training.run() }
    #expect(error?.found == "exits attached without feedback")
    #expect(error?.advice == "Attach them with --feedback.")
  }
}
