import CleaveExits
import CleaveModel
import CleaveStorage
import CleaveTrain
import TestSupport
import Testing

/// Which tokens an exit vocabulary has, and training with one.
@Suite struct VocabularyChooserTests {
  private let fixture: TrainerFixture
  private var scratch: Scratch { fixture.scratch }

  init() throws { fixture = try TrainerFixture(depths: [2, 4]) }

  private func chooser(_ count: Int) throws -> VocabularyChooser {
    try VocabularyChooser(count: count, fixture.artifact)
  }

  /// What the model says, counted here from whole sequences.
  private func counts() throws -> [Int] {
    var counts = [Int](repeating: 0, count: 320)
    for (index, record) in fixture.store.sequences.enumerated() where record.split == .train {
      let sequence = try fixture.store.read(index)
      for position in (record.promptLength - 1)..<record.length {
        counts[Int(sequence.topIDs[position * 16])] += 1
        if position >= record.promptLength { counts[Int(sequence.tokens[position])] += 1 }
      }
    }
    return counts
  }

  @Test func theMostFrequentAreChosen() throws {
    let chooser = try chooser(40)
    let chosen = try chooser.choose(fixture.store)
    #expect(chosen.tokens.count == 40 && chosen.tokens == chosen.tokens.sorted())
    #expect(Set(chosen.tokens).isSuperset(of: chooser.always))
    let counts = try counts()
    let others = (0..<320).filter { !chooser.always.contains($0) }
    let expected = others.sorted { (counts[$1], $0) < (counts[$0], $1) }
      .prefix(40 - chooser.always.count)
    #expect(Set(chosen.tokens) == Set(expected + chooser.always))
    // The head of this model is its own.
    #expect(!chosen.includesText)
    #expect(try self.chooser(320).choose(fixture.store).tokens == Array(0..<320))
  }

  /// What ends an answer, and what the template writes around turns.
  @Test func someAreAlwaysThere() throws {
    let tokenizer = try fixture.artifact.tokenizer()
    let always = try chooser(40).always
    let names = always.compactMap(tokenizer.token(of:))
    #expect(Set(fixture.artifact.manifest.tokens.endOfText).isSubset(of: always))
    for name in ["<|im_start|>", "<|im_end|>"] {
      let id = try #require(tokenizer.id(of: name))
      #expect(!tokenizer.isSpecial(id) || always.contains(id), "\(names)")
    }
    #expect(!always.isEmpty)
  }

  @Test func countsThatCannotBeAreRefused() throws {
    let always = try chooser(40).always.count
    for (count, found) in [(321, "a model of 320 tokens"), (0, "\(always) tokens that end")] {
      let error = #expect(throws: SettingError.self) { try chooser(count) }
      #expect(error?.setting == .exitVocabulary && error?.found.hasPrefix(found) == true)
    }
    let few = #expect(throws: SettingError.self) { try chooser(always - 1) }
    #expect(few?.expected.hasPrefix("at least \(max(1, always))") == true)
  }

  @Test func coverageIsCounted() throws {
    let chosen = try chooser(20).choose(fixture.store)
    let text = ExitTokens(chosen.tokens, vocabulary: 320, includesText: true)
    var (answers, inside, seen) = (0, 0, 0)
    for (index, record) in fixture.store.sequences.enumerated() where record.split == .heldOut {
      let sequence = try fixture.store.read(index)
      for position in (record.promptLength - 1)..<record.length {
        let best = sequence.topIDs[position * 16]
        answers += 1
        if chosen.tokens.contains(Int(best)) {
          inside += 1
        } else if sequence.tokens[...position].contains(best) {
          seen += 1
        }
      }
    }
    let found = try VocabularyCoverage(text, fixture.store)
    #expect(found.tokens == 20 && found.answers == answers)
    #expect(found.inVocabulary == inside && found.inText == seen)
    #expect(inside < answers && inside > 0)
    #expect(try VocabularyCoverage(chosen, fixture.store).inText == 0)
  }

  private func job(_ count: Int?, target: String) -> ExitTraining {
    var job = ExitTraining(
      source: fixture.artifact.path, target: scratch(target), exits: TrainerFixture.chain,
      directory: scratch("\(target).train"))
    job.store = fixture.store.path
    job.settings = TrainerFixture.settings(steps: 6)
    job.exitVocabulary = count
    job.threads = 2
    return job
  }

  @Test func aVocabularyIsWrittenWithTheExits() throws {
    var job = job(40, target: "out")
    nonisolated(unsafe) var coverage: VocabularyCoverage?
    job.onBegin = { coverage = $0.coverage }
    let result = try job.run()
    let artifact = try Artifact(opening: scratch("out"))
    let manifest = artifact.manifest
    #expect(manifest.exitVocabulary == .init(count: 40, includesText: false))
    #expect(manifest.exits.allSatisfy { $0.unembedding == .vocabulary && $0.trained })
    let chosen = try chooser(40).choose(fixture.store)
    #expect(try artifact.exitVocabulary()?.tokens.map(Int.init) == chosen.tokens)
    #expect(manifest.provenance.last?.settings.contains { $0 == ("exit_vocabulary", "40") } == true)
    #expect(coverage?.tokens == 40)
    // Nobody agrees where the answer is outside.
    let most = Double(coverage?.inVocabulary ?? 0) / Double(coverage?.answers ?? 1)
    #expect(result.scores.allSatisfy { $0.tokens > 0 && $0.agreement <= most })
  }

  /// The same parameters to the bit: a vocabulary of all tokens is none.
  @Test func allTokensTrainTheSameExits() throws {
    let (all, none) = (try job(320, target: "all").run(), try job(nil, target: "none").run())
    #expect(all.scores == none.scores)
    for path in ["exits/exit-0002.safetensors", "exits/exit-0004.safetensors"] {
      #expect(all.manifest?.file(path) == none.manifest?.file(path))
    }
    #expect(none.manifest?.exitVocabulary == nil)
    #expect(none.manifest?.exits.map(\.temperature) == all.manifest?.exits.map(\.temperature))
  }

  /// Another vocabulary is another run.
  @Test func aSnapshotOfAnotherVocabularyIsRefused() throws {
    _ = try job(40, target: "out").run()
    var other = job(41, target: "again")
    other.directory = scratch("out.train")
    let error = #expect(throws: InputError.self) { try other.run() }
    #expect(error?.location == "identity")
  }

  /// Before anything is captured.
  @Test func aCountThatCannotBeIsRefusedAtOnce() throws {
    let error = #expect(throws: SettingError.self) { try job(321, target: "out").run() }
    #expect(error?.setting == .exitVocabulary && error?.value == "321")
    #expect(!FileSystem.exists(scratch("out.train")))
  }
}
