import CleaveRuntime

/// What an edge sent and waited for while it wrote one text, and how long it computed before each.
struct Trace: Sendable {
  enum Event: Sendable {
    case send(Message)
    case opened
    case answer(Message.CloudAnswer)
    /// A token of the text is known.
    case token
  }

  struct Step: Sendable {
    let event: Event
    /// Of the edge's computing since the step before; waiting is not in it.
    let computed: Duration
  }

  var steps: [Step] = []

  /// Writes the text with a cloud in this process.
  static func record(
    _ edge: EdgeModel, _ manager: CloudContextManager, prompt: [Int], policy: ExitPolicy,
    options: EdgeSession.Options, maxTokens: Int, pool: ThreadPool
  ) async throws -> Trace {
    let link = RecordingLink(InProcessLink(manager))
    let client = try await CloudClient(link, edge: edge.manifest)
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
