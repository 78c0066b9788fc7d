import CleaveExits
import CleaveRuntime
import TestSupport
import Testing
import cleave_bench

/// Times by hand: a link of 1000 bytes a second and 0.2 s there and back.
@Suite struct VirtualClockTests {
  private static let link = LinkModel(bandwidth: 8000, roundTrip: 0.2)
  private var clock = VirtualClock(link)

  private func isClose(_ a: Double, _ b: Double) -> Bool { abs(a - b) < 1e-12 }

  @Test mutating func anUploadBehindComputingCostsNothing() {
    clock.edge(1)
    let arrival = clock.send(500)
    #expect(isClose(arrival, 1.6))
    clock.edge(2)
    #expect(isClose(clock.now, 3))
    #expect(clock.costs.communication == 0 && clock.costs.edge == 3 && clock.costs.bytesUp == 500)
  }

  @Test mutating func whoWaitsForTheUplinkStandsStill() {
    clock.edge(1)
    #expect(isClose(clock.send(500, waits: true), 1.6))
    #expect(isClose(clock.now, 1.5) && isClose(clock.costs.communication, 0.5))
  }

  /// The states leave from 1 to 2, the question from 2 to 2.1; it is there at 2.2, answered at 2.7, and
  /// the answer at the edge at 2.7 + 0.05 + 0.1.
  @Test mutating func aQuestionWaitsForTheUploadsBeforeIt() {
    clock.edge(1)
    let states = clock.send(1000)
    let ask = clock.send(100)
    #expect(isClose(states, 2.1) && isClose(ask, 2.2))
    _ = clock.cloud(0, from: states)
    let done = clock.cloud(0.5, from: ask)
    #expect(isClose(done, 2.7))
    clock.wait(until: clock.reply(50, at: done))
    #expect(isClose(clock.now, 2.85))
    #expect(isClose(clock.costs.edge, 1) && isClose(clock.costs.cloud, 0.5))
    #expect(isClose(clock.costs.communication, 1.35))
    #expect(clock.costs.bytesUp == 1100 && clock.costs.bytesDown == 50)
  }

  /// The first is at work until 3.1; what arrives at 1.2 is begun then. What the cloud did before the
  /// edge waits, at 2, is nobody's waiting.
  @Test mutating func theCloudDoesOneThingAtATime() {
    let first = clock.send(0)
    clock.edge(1)
    let second = clock.send(100)
    clock.edge(1)
    #expect(isClose(first, 0.1) && isClose(second, 1.2))
    _ = clock.cloud(3, from: first)
    let done = clock.cloud(1, from: second)
    #expect(isClose(done, 4.1))
    clock.wait(until: clock.reply(0, at: done))
    #expect(isClose(clock.now, 4.2) && isClose(clock.costs.cloud, 4))
    #expect(isClose(clock.costs.communication, 0.1))
  }

  @Test mutating func nothingIsWaitedForThatIsThere() {
    let arrival = clock.reply(100, at: 0)
    clock.edge(1)
    clock.wait(until: arrival)
    #expect(clock.now == 1 && clock.costs.communication == 0)
  }

  /// Answers do not overtake one another.
  @Test mutating func theDownlinkIsOneToo() {
    #expect(isClose(clock.reply(1000, at: 0), 1.1))
    #expect(isClose(clock.reply(1000, at: 0.5), 2.1))
  }
}

/// The session over the modelled link, on a tiny model.
@Suite struct ModelledLinkTests {
  private struct Outcome {
    let tokens: [Int]
    let asked: Int
    let clock: VirtualClock
  }

  /// - Parameter slow: seconds of a round trip.
  private func generate(
    _ scratch: Scratch, threshold: Double, synchronous: Bool = false, slow: Double = 0.02
  ) async throws -> (Outcome, whole: [Int], hidden: Int) {
    let (model, edge, cloud) = try TinyModel.llama3.bundles(exits: [2, 4], into: scratch)
    let pool = try ThreadPool(threads: 1)
    let hidden = edge.manifest.configuration.hiddenSize
    let link = ModelledLink(
      CloudContextManager(try CloudModel(cloud), pool: pool),
      link: LinkModel(bandwidth: 30e6, roundTrip: slow), synchronous: synchronous)
    let client = try await CloudClient(link, edge: edge.manifest)
    let session = EdgeSession(
      try EdgeModel(edge),
      policy: ExitPolicy(thresholds: [threshold, threshold], mode: .collaborative),
      cloud: client, pool: pool)
    link.start()
    let generation = Generation(maxTokens: 6)
    let result = try await generation.run(session, prompt: [5, 6, 7, 8])
    let total = link.stop()
    let drained = await link.drain()
    #expect(drained.now == total.now)
    let whole = try await generation.run(
      WholeModelSession(try WholeModel(model), pool: pool), prompt: [5, 6, 7, 8])
    return (
      Outcome(
        tokens: result.all.map(\.token), asked: result.all.count { $0.source == .cloud },
        clock: drained), whole.all.map(\.token), hidden
    )
  }

  /// The prompt's 4 states and one for each token that is read, 5, in float16; 6 questions, 6 answers.
  @Test(arguments: [true, false]) func withoutExitsItIsTheWholeModel(synchronous: Bool) async throws
  {
    let (outcome, whole, hidden) = try await generate(
      try Scratch(), threshold: 2, synchronous: synchronous)
    #expect(outcome.tokens == whole && outcome.asked == 6)
    let costs = outcome.clock.costs
    let states = { (first: Int, count: Int) in self.states(first, count, hidden: hidden) }
    let asks = (4..<10).map { Message.ask(.init(position: UInt32($0), sampling: .greedy)) }
    let up = [states(0, 4)] + (4..<9).map { states($0, 1) } + asks
    // A length of 2 bytes where half the states' are counted stays one.
    #expect(abs(costs.bytesUp - up.reduce(0) { $0 + $1.wireBytes }) <= 2 * up.count)
    #expect((6 * 20...6 * 32).contains(costs.bytesDown))
    #expect(costs.edge > 0 && costs.cloud > 0)
    // Six round trips at the least. What the edge computes while one is under way is not counted as
    // communication, and on a busy machine that takes long.
    #expect(costs.communication > 0 && outcome.clock.now > 6 * 0.02)
    #expect(abs(outcome.clock.now - costs.edge - costs.cloud - costs.communication) < 1e-3)
  }

  /// What no one asks about still goes up, and costs no time: a link of an hour would show.
  @Test func exitsThatAnswerWaitForNothing() async throws {
    let (outcome, _, hidden) = try await generate(try Scratch(), threshold: 0, slow: 3600)
    #expect(outcome.tokens.count == 6 && outcome.asked == 0)
    let costs = outcome.clock.costs
    #expect(costs.communication == 0 && costs.bytesDown == 0 && outcome.clock.now == costs.edge)
    // The prompt, and four tokens; the last waits for a request that does not come.
    let up = [states(0, 4, hidden: hidden), states(4, 4, hidden: hidden)]
    #expect(abs(costs.bytesUp - up.reduce(0) { $0 + $1.wireBytes }) <= 2 * up.count)
  }

  private func states(_ first: Int, _ count: Int, hidden: Int) -> Message {
    .states(
      .init(
        firstPosition: UInt32(first), count: UInt32(count), encoding: .float16,
        data: Array(repeating: 0, count: 2 * count * hidden)))
  }
}
