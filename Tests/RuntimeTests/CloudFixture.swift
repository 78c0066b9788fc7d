import CleaveModel
import CleaveRuntime
import TestSupport
import Testing

/// A tiny model cut in two, and what the whole of it says.
struct CloudFixture {
  let scratch: Scratch
  let whole: WholeModel
  let edge: EdgeModel
  let cloud: CloudModel
  let manifest: Manifest
  let pool: ThreadPool

  init(_ tiny: TinyModel = .llama3, takesTokens: Bool = false) throws {
    scratch = try Scratch()
    let bundles = try tiny.bundles(exits: [2, 4], cloudTakesTokens: takesTokens, into: scratch)
    whole = try WholeModel(bundles.model)
    edge = try EdgeModel(bundles.edge)
    cloud = try CloudModel(bundles.cloud)
    manifest = bundles.cloud.manifest
    pool = try ThreadPool(threads: 1)
  }

  var hidden: Int { manifest.configuration.hiddenSize }

  func manager(
    _ limits: CloudLimits = CloudLimits(), mayTake: @escaping MemoryGate = { _ in true }
  ) -> CloudContextManager {
    CloudContextManager(cloud, pool: pool, limits: limits, mayTake: mayTake)
  }

  /// What follows a prompt.
  func tokens(
    after prompt: [Int], _ count: Int, sampling: Sampling = .greedy
  ) async throws -> [Int] {
    try await Generation(maxTokens: count)
      .run(WholeModelSession(whole, sampling: sampling, pool: pool), prompt: prompt)
      .answers.map(\.token)
  }

  var opening: Message {
    let digits = Array(manifest.modelID)
    let id = stride(from: 0, to: 64, by: 2).map { UInt8(String(digits[$0...($0 + 1)]), radix: 16)! }
    return .open(.init(modelID: id, firstExit: 2, hiddenSize: UInt32(hidden)))
  }

  /// What an edge would upload of some of these tokens.
  func states(_ tokens: [Int], from first: Int = 0) throws -> Message {
    let all = try StatesProbe(edge: edge, cloud: cloud, pool: pool).states(of: tokens)
    return .states(
      .init(
        firstPosition: UInt32(first), count: UInt32(tokens.count - first), encoding: .float32,
        data: StatesCodec(.float32, hiddenSize: hidden)
          .encode(Array(all.dropFirst(first * hidden)))))
  }

  func prompt(_ seed: Int, count: Int = 5) -> [Int] {
    (0..<count).map { (seed * 37 + $0 * $0 * 11 + 3) % 300 }
  }
}

/// One stream to a cloud or a middle, and its replies.
struct CloudStream {
  let connection: CloudConnection
  let replies = MessageQueue()

  init(_ cloud: any SessionHost, client: String = "") async {
    let replies = replies
    connection = await cloud.connect(client: client) { replies.put($0) }
  }

  func send(_ messages: Message...) async {
    for message in messages { await connection.receive(message) }
  }

  func reply() async throws -> Message { try await replies.take(within: .seconds(60)) }

  /// The next reply that is not an acknowledgement.
  func answer() async throws -> Message {
    while true {
      let message = try await reply()
      if case .acknowledged = message { continue }
      return message
    }
  }
}

extension Message {
  /// Of an answer: its position and token.
  var said: [Int]? {
    guard case .answer(let answer) = self else { return nil }
    return [Int(answer.position), Int(answer.token)]
  }

  var refused: Refusal.Code? {
    guard case .refusal(let refusal) = self else { return nil }
    return refusal.code
  }

  static func ask(_ position: Int, _ sampling: Sampling = .greedy, drafts: [Int] = []) -> Message {
    .ask(.init(position: UInt32(position), sampling: sampling, drafts: drafts.map(UInt32.init)))
  }
}
