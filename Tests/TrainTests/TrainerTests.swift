import CleaveExits
import CleaveModel
import CleaveStorage
import CleaveTrain
import Glibc
import TestSupport
import Testing

/// Exits learn, and begin where they should.
@Suite struct TrainerTests {
  /// Of the whole vocabulary, so that the teacher's own entropy is known.
  private static let vocabulary = 320

  @Test func exitsLearn() throws {
    let fixture = try TrainerFixture()
    let trainer = try fixture.trainer(
      [
        ExitRecord(depth: 2, body: .affine(rank: nil), threshold: 0.9),
        ExitRecord(depth: 3, body: .tail(blocks: 1), threshold: 0.9),
        ExitRecord(depth: 4, body: .mlp, threshold: 0.9),
      ], steps: 60)
    #expect(try trainer.run() == .finished)
    let (first, last) = (trainer.history[0], try #require(trainer.history.last))
    #expect(last.step == 60 && first.step == 0)
    for (before, after) in zip(first.scores, last.scores) {
      #expect(after.loss < before.loss - 0.3, "\(before.loss) to \(after.loss)")
      #expect(after.agreement > before.agreement + 0.05, "\(before) to \(after)")
    }
    #expect(trainer.state.bestLoss < first.scores.reduce(0) { $0 + $1.loss } / 3)
  }

  /// An exit whose loss weighs nothing has no gradient, and does not count for what is best.
  @Test func anExitWithoutWeightDoesNotLearn() throws {
    let fixture = try TrainerFixture()
    let trainer = try fixture.trainer(
      [
        ExitRecord(depth: 2, body: .norm, threshold: 0.9),
        ExitRecord(depth: 3, body: .norm, threshold: 0.9),
      ], steps: 8
    ) { $0.exitWeights = [0, 2] }
    #expect(try trainer.run() == .finished)
    let (first, last) = (trainer.history[0], try #require(trainer.history.last))
    #expect(last.scores[0] == first.scores[0] && last.scores[1].loss < first.scores[1].loss)
    #expect(trainer.state.bestLoss == trainer.history.map { $0.scores[1].loss }.min())
  }

  /// Of the positions that are judged, what the teacher itself would score.
  private func teacherEntropy(_ store: CaptureStore) throws -> (entropy: Double, tokens: Int) {
    var (sum, tokens) = (0.0, 0)
    for (index, record) in store.sequences.enumerated() where record.split == .heldOut {
      let sequence = try store.read(index)
      for position in (record.promptLength - 1)..<record.length {
        let logits = sequence.topLogits[
          (position * Self.vocabulary)..<((position + 1) * Self.vocabulary)]
        for logit in logits {
          let rest = Double(sequence.logSumExp[position] - logit)
          sum += exp(-rest) * rest
        }
        tokens += 1
      }
    }
    return (sum / Double(tokens), tokens)
  }

  /// All the blocks that are left, and nothing learnt yet: the exit is the model, and its loss the
  /// model's own entropy. States in float16 and near ties are what may differ.
  @Test(arguments: [
    [ExitRecord(depth: 2, body: .tail(blocks: 4), threshold: 0.9)],
    [
      ExitRecord(depth: 2, body: .tail(blocks: 2), threshold: 0.9),
      ExitRecord(depth: 4, reads: .previous, body: .tail(blocks: 2), threshold: 0.9),
    ],
  ])
  func withAllTheNextBlocksTheExitIsTheModel(_ exits: [ExitRecord]) throws {
    let fixture = try TrainerFixture(topK: Self.vocabulary)
    let trainer = try fixture.trainer(exits, start: .next, steps: 1) {
      $0.loss.answerShare = 0
      $0.heldOutTokens = 1 << 20
      $0.rate = 1e-9
    }
    _ = try trainer.run()
    let score = try #require(trainer.history[0].scores.last)
    let (entropy, tokens) = try teacherEntropy(fixture.store)
    #expect(score.tokens == tokens && tokens > 100)
    #expect(score.agreement > 0.99, "\(score.agreement)")
    #expect(abs(score.loss - entropy) < 1e-3, "\(score.loss), the model's entropy is \(entropy)")
    #expect(score.coverage95 == 1)
    if exits.count > 1 { #expect(trainer.history[0].scores[0].agreement < 0.99) }
  }

  @Test func whatCannotBeTrainedIsRefused() throws {
    let fixture = try TrainerFixture(depths: [2])
    func refusal(_ exits: [ExitRecord], start: TailStart = .last) -> InputError? {
      #expect(throws: InputError.self) { try fixture.trainer(exits, start: start) }
    }
    let absent = refusal([ExitRecord(depth: 3, body: .norm, threshold: 0.9)])
    #expect(absent?.location == "depths" && absent?.found == "[2]")
    #expect(absent?.expected.contains("depth 3") == true)
    for (start, blocks, expected) in [
      (TailStart.last, 7, "at most 6, as the model has in all"),
      (.next, 5, "at most 4, as the model has after that depth"),
    ] {
      let long = refusal(
        [ExitRecord(depth: 2, body: .tail(blocks: blocks), threshold: 0.9)], start: start)
      #expect(long?.location == "exits")
      #expect(long?.found == "\(blocks) blocks in tails that go on from depth 2")
      #expect(long?.expected == expected)
    }
  }

  /// The judge of where tails begin: what the model's files hold.
  @Test func tailsBeginAsTheModelsBlocks() throws {
    let fixture = try TrainerFixture()
    for (start, first) in [(TailStart.last, 4), (.next, 2)] {
      let parameters = try fixture.trainer(
        TrainerFixture.chain, start: start, work: "\(start)"
      ).network.parameters
      for (exit, block) in [(2, first), (4, first + 1)] {
        for part in ["attention.value", "feed_forward.down", "attention_norm"] {
          let tensor = try #require(
            try fixture.artifact.tensors(in: ArtifactLayout.block(block))[
              "blocks.\(block).\(part).weight"])
          let name = "exits.\(exit).tail.0.\(part).weight"
          let entry = try #require(parameters.entries.first { $0.name == name })
          #expect(parameters.values.array(entry.range) == tensor.floats(), "\(name)")
        }
      }
    }
  }
}
