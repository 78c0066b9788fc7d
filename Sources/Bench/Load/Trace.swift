import CleaveExits
import CleaveRuntime

/// A record of one request on the edge: what it sent and waited for, and how long it computed before
/// each step.
struct Trace: Sendable {
  enum Event: Sendable {
    case send(Message)
    case opened
    case answer(Message.CloudAnswer)
    /// A token of the answer is known.
    case token
  }

  struct Step: Sendable {
    let event: Event
    /// How long the edge computed since the step before, without waiting.
    let computed: Duration
  }

  var steps: [Step] = []

  /// Generates an answer with a cloud in this process and records it.
  static func record(
    _ edge: EdgeModel, _ manager: CloudContextManager, prompt: [Int], policy: ExitPolicy,
    options: EdgeSession.Options, encoding: StatesEncoding, maxTokens: Int, pool: ThreadPool
  ) async throws -> Trace {
    let link = RecordingLink(InProcessLink(manager))
    let client = try await CloudClient(
      link, edge: edge.manifest, encoding: encoding,
      feedback: EdgeSession.feedback(edge, policy: policy, options: options))
    let session = EdgeSession(edge, policy: policy, cloud: client, options: options, pool: pool)
    let generation = Generation(
      maxTokens: maxTokens, stopTokens: Set(edge.manifest.tokens.endOfText))
    _ = try await generation.run(session, prompt: prompt) { _ in
      link.note(.token)
      return true
    }
    await client.close()
    return link.trace
  }
}
