import CleaveExits
import CleaveModel
import CleaveRuntime
import CleaveStorage
import TestSupport
import Testing

/// Edge and cloud asked together about many texts say what each says of a text alone, to the bit.
@Suite struct PairTests {
  private let scratch: Scratch
  private let pool: ThreadPool

  init() throws {
    scratch = try Scratch()
    pool = try ThreadPool(threads: 2)
  }

  /// A text, where its prompt ended, and what was said after each place from there on.
  private struct Record {
    var text: [Int]
    let prompt: Int
    var answers: [PositionAnswers] = []
  }

  /// Goes on with the whole model's token and the first exit's in turn, each text by another length.
  private func record(_ decoder: PairDecoder, _ prompts: [[Int]]) throws -> [Record] {
    var records = prompts.map { Record(text: $0, prompt: $0.count) }
    try decoder.run(prompts) { text, answers in
      records[text].answers.append(answers)
      guard records[text].answers.count < 2 + text % 5 else { return nil }
      let token =
        records[text].answers.count % 2 == 0 ? answers.token : answers.exits[0].token
      records[text].text.append(token)
      return PairDecoder.Step(token: token, isAsked: false)
    }
    return records
  }

  private func prompts(vocabulary: Int) -> [[Int]] {
    var random = SplitMix64(seed: 3)
    return [1, 40, 200, 2, 17, 128, 9].map { length in
      (0..<length).map { _ in Int.random(in: 0..<vocabulary, using: &random) }
    }
  }

  /// A model whose exits have random weights, the temperature 0.7, and this signal.
  private func model(
    _ tiny: TinyModel, _ depths: [Int], _ bodies: [ExitBody], replace: Bool, signal: String
  ) throws -> Artifact {
    let exits = try tiny.withExits(depths, into: scratch) {
      $0.placement.bodies = bodies
      $0.placement.replacesBlocks = replace
    }
    _ = try RandomExits(exits, into: scratch)
    let manifest = "random/manifest.json"
    // Each edit changes the first exit that is left.
    for _ in depths {
      try scratch.edit(manifest, "\"temperature\": 1.0", "\"temperature\": 0.7")
      try scratch.edit(
        manifest, "\"signal\": \"max_probability\"", "\"signal\": \"\(signal)\"")
    }
    return try Artifact(opening: scratch("random"))
  }

  private func expectAlone(
    _ record: Record, _ edge: EdgeModel, _ whole: WholeModel, _ numerics: Numerics
  ) async throws {
    var reader = ExitReader(edge, numerics: numerics, pool: pool)
    let read = try reader.answers(after: record.text, last: record.answers.count)
    let count = read.count
    let session = WholeModelSession(whole, numerics: numerics, pool: pool)
    let exits = (0..<count).map { exit in
      EdgeSession(
        edge,
        policy: .init(thresholds: (0..<count).map { $0 == exit ? 0 : 2 }, mode: .standalone),
        numerics: numerics, pool: pool)
    }
    var fed = 0
    for (location, found) in record.answers.enumerated() {
      let more = Array(record.text[fed..<record.prompt + location])
      fed += more.count
      try await session.feed(more)
      let answer = try await session.answer()
      #expect(found.token == answer.token && found.maxProbability == answer.confidence)
      #expect(found.exits == read.map { $0[location] })
      for (exit, session) in exits.enumerated() {
        try await session.feed(more)
        let answer = try await session.answer()
        #expect(found.exits[exit].token == answer.token)
        let signal = edge.manifest.exits[exit].signal
        #expect(found.exits[exit].confidence(signal) == answer.confidence)
      }
    }
  }

  @Test(
    arguments: [
      ([2, 4], [.norm, .affine(rank: nil)], false, "max_probability"),
      ([2, 4], [.mlp, .tail(blocks: 2)], false, "margin"),
      ([1, 4], [.tail(blocks: 1), .tail(blocks: 2)], true, "entropy"),
      ([1, 3, 5], [.affine(rank: 3), .tail(blocks: 1), .norm], false, "entropy"),
    ] as [([Int], [ExitBody], Bool, String)], [Numerics.standard, .exact])
  func answersAreThoseOfEachAlone(
    _ shape: (depths: [Int], bodies: [ExitBody], replace: Bool, signal: String),
    _ numerics: Numerics
  ) async throws {
    let model = try model(
      .q4_1, shape.depths, shape.bodies, replace: shape.replace, signal: shape.signal)
    let (edge, whole) = (try EdgeModel(exitsOf: model), try WholeModel(model))
    let prompts = prompts(vocabulary: model.manifest.configuration.vocabularySize)
    for slots in [2, nil] {
      let decoder = try PairDecoder(
        edge: edge, cloud: try CloudModel(restOf: model), longest: 210, slots: slots,
        numerics: numerics, pool: pool)
      let records = try record(decoder, prompts)
      #expect(records.map(\.answers.count) == prompts.indices.map { 2 + $0 % 5 })
      for record in records { try await expectAlone(record, edge, whole, numerics) }
    }
  }

  /// A text of a pair with states that come back: what was said at each place, and the place last asked about.
  private struct Returned {
    var text: [Int]
    var asked = 0
    var places: [(asked: Int, answers: PositionAnswers)] = []
  }

  /// States come back to each text where its own policy asked, and to a text that is taken up in its middle.
  @Test(arguments: FeedbackShape.all, [2, 5])
  func whatComesBackIsThatOfEachAlone(_ shape: FeedbackShape, slots: Int) async throws {
    let fixture = try FeedbackFixture(shape)
    let prompts = zip(0..., [1, 40, 150, 9, 3]).map { fixture.prompt($0, count: $1) }
    let policy = try await fixture.policy(passing: 0.5, prompt: prompts[1])
    let decoder = try PairDecoder(
      edge: fixture.edge, cloud: fixture.cloud, longest: 200, slots: slots, pool: pool)
    func run(_ texts: inout [Returned], places: Int) throws {
      var runs = texts
      try decoder.run(texts.map(\.text), returned: texts.map(\.asked)) { index, answers in
        runs[index].places.append((runs[index].asked, answers))
        let exit = policy.firstSure { answers.exits[$0].confidence(fixture.exits[$0].signal) }
        guard runs[index].places.count < places + index else { return nil }
        let token = exit.map { answers.exits[$0].token } ?? answers.token
        if exit == nil { runs[index].asked = runs[index].text.count }
        runs[index].text.append(token)
        return .init(token: token, isAsked: exit == nil)
      }
      texts = runs
    }
    var texts = prompts.map { Returned(text: $0) }
    try run(&texts, places: 20)
    var reader = ExitReader(fixture.edge, pool: pool)
    for text in texts {
      let read = try reader.answers(
        after: text.text, last: text.places.count,
        returned: ReturnedStates(
          states: fixture.states(of: text.text), rows: text.places.map(\.asked)))
      for (place, found) in text.places.enumerated() {
        #expect(found.answers.exits == read.map { $0[place] })
      }
    }
    #expect(texts.contains { $0.asked > 0 })
    // From the tenth place on, once more.
    var later = zip(texts, prompts).map { text, prompt in
      Returned(text: Array(text.text.prefix(prompt.count + 9)), asked: text.places[9].asked)
    }
    try run(&later, places: 3)
    for (text, later) in zip(texts, later) {
      for (first, again) in zip(text.places[9...], later.places) {
        #expect(first.asked == again.asked && first.answers.exits == again.answers.exits)
      }
    }
  }

  /// With an exit vocabulary each text's own tokens are its own, whatever runs beside it.
  @Test(arguments: [false, true], [Numerics.standard, .exact])
  func exitsWithAVocabularyToo(includesText: Bool, _ numerics: Numerics) async throws {
    let shared = try model(
      .q4_1, [2, 4], [.norm, .tail(blocks: 1)], replace: false, signal: "entropy")
    let model = try VocabularyModel.make(
      Array(stride(from: 1, to: 320, by: 9)), of: shared, depths: [4], includesText: includesText,
      into: scratch)
    let (edge, whole) = (try EdgeModel(exitsOf: model), try WholeModel(model))
    let decoder = try PairDecoder(
      edge: edge, cloud: try CloudModel(restOf: model), longest: 210, slots: 3,
      numerics: numerics, pool: pool)
    // Twice: the second time in slots that had other texts.
    for _ in 0..<2 {
      let records = try record(decoder, prompts(vocabulary: 320))
      for record in records { try await expectAlone(record, edge, whole, numerics) }
      let inside = records.flatMap(\.answers).allSatisfy { $0.exits[1].token % 9 == 1 }
      #expect(inside != includesText)
    }
  }

  /// Bundles say what the model they were cut from says, and signals differ from one another.
  @Test func bundlesAreTheModelTheyWereCutFrom() throws {
    let model = try model(.llama3, [2, 4], [.norm, .mlp], replace: false, signal: "margin")
    let bundles = try TinyModel.partition(model, into: scratch)
    let prompts = [[5, 6, 7], [9]]
    let cut = try PairDecoder(
      edge: try EdgeModel(bundles.edge), cloud: try CloudModel(bundles.cloud), longest: 20,
      pool: pool)
    let whole = try PairDecoder(
      edge: try EdgeModel(exitsOf: model), cloud: try CloudModel(restOf: model), longest: 20,
      pool: pool)
    let (first, second) = (try record(cut, prompts), try record(whole, prompts))
    #expect(first.map(\.text) == second.map(\.text))
    for (first, second) in zip(first, second) {
      #expect(first.answers.map(\.exits) == second.answers.map(\.exits))
      #expect(first.answers.map(\.maxProbability) == second.answers.map(\.maxProbability))
      for exit in first.answers.flatMap(\.exits) {
        #expect(exit.margin < exit.maxProbability && exit.margin >= 0)
        #expect(exit.entropyConfidence > 0 && exit.entropyConfidence < 1)
        #expect(exit.maxProbability > exit.plainMaxProbability)
      }
    }
  }

  @Test func whatDoesNotBelongTogetherIsRefused() throws {
    let (other, deeper) = (try Scratch(), try Scratch())
    let model = try TinyModel.llama3.withExits([2, 4], into: scratch)
    let strange = try TinyModel.q4_1.withExits([2], into: other)
    let shifted = try TinyModel.llama3.withExits([3], into: deeper)
    for (cloud, location) in [(strange, "model_id"), (shifted, "blocks")] {
      let error = #expect(throws: InputError.self) {
        try PairDecoder(
          edge: try EdgeModel(exitsOf: model), cloud: try CloudModel(restOf: cloud), longest: 8,
          pool: pool)
      }
      #expect(error?.location == location)
    }
    let plain = try Scratch()
    #expect(throws: InputError.self) {
      try CloudModel(restOf: try TinyModel.llama3.imported(into: plain))
    }
  }

  @Test func whatHasNoRoomIsRefusedAndLeavesNothingBehind() throws {
    let model = try TinyModel.llama3.withExits([2, 4], into: scratch)
    let decoder = try PairDecoder(
      edge: try EdgeModel(exitsOf: model), cloud: try CloudModel(restOf: model), longest: 6,
      slots: 1, pool: pool)
    let limit = ContextLimitError(tokens: 7, contextLength: 6)
    #expect(throws: limit) { try decoder.run([[1, 2, 3, 4, 5, 6, 7]]) { _, _ in nil } }
    #expect(throws: limit) {
      try decoder.run([[1, 2, 3, 4]]) { .init(token: $1.token, isAsked: false) }
    }
    #expect(throws: InputError.self) {
      try decoder.run([[1, 2]]) { _, _ in .init(token: -1, isAsked: false) }
    }
    var (after, again): ([ExitAnswer], [ExitAnswer]) = ([], [])
    for _ in 0..<2 {
      try decoder.run([[1, 2, 3, 4]]) {
        (after, again) = (again, $1.exits)
        return nil
      }
    }
    #expect(!after.isEmpty && after == again)
  }

  @Test func standaloneTakesTheThresholdsFoundForIt() throws {
    var manifest = try TinyModel.llama3.withExits([2, 4], threshold: 0.8, into: scratch).manifest
    #expect(
      ExitPolicy.shipped(manifest, mode: .standalone)
        == ExitPolicy(thresholds: [0.8, 0.8], mode: .standalone))
    let data = CalibrationData(prompts: 1, sha256: "")
    func mode(_ thresholds: [Double]) -> CalibrationMode {
      CalibrationMode(
        thresholds: thresholds, promise: nil, risk: 0, cloudShare: 0, exitShares: [0, 1])
    }
    manifest.calibration = CalibrationRecord(
      weightsSHA256: "", activations: "int8", kvCache: "f16", loss: "",
      setting: .init(maxTokens: 1, longestPrompt: 1, usesChatTemplate: false), tuning: data,
      calibration: data, collaborative: mode([0.8, 0.8]), standalone: mode([0.3, 0.4]))
    #expect(
      ExitPolicy.shipped(manifest, mode: .standalone)
        == ExitPolicy(thresholds: [0.3, 0.4], mode: .standalone))
    #expect(
      ExitPolicy.shipped(manifest, mode: .collaborative)
        == ExitPolicy(thresholds: [0.8, 0.8], mode: .collaborative))
  }
}
