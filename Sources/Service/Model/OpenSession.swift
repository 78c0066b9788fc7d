import CleaveGenerate
import CleaveRuntime

/// A session of one request or of several that go on with one another, and its connection to the cloud.
struct OpenSession: Sendable {
  let session: any DecodingSession
  let client: CloudClient?
  /// Whether another text that begins alike can go on with it.
  let mayGoOn: Bool

  func close() async { await client?.close() }

  /// What the session has asked of its cloud so far; nil without one.
  func usage() async -> CloudUsage? {
    guard let client, let session = session as? EdgeSession else { return nil }
    return await client.usage(session.counts)
  }

  /// Goes back to an earlier position, for another text that begins alike.
  func restart(at position: Int, sampling: Sampling) async throws {
    switch session {
    case let session as WholeModelSession:
      await session.restart(at: position, sampling: sampling)
    case let session as EdgeSession: try await session.restart(at: position, sampling: sampling)
    default: preconditionFailure("a session that cannot go on")
    }
  }

  /// Bytes that the session holds in memory.
  func bytes() async -> Int {
    switch session {
    case let session as WholeModelSession: await session.cacheBytes
    case let session as EdgeSession: await session.cacheBytes
    default: 0
    }
  }
}
