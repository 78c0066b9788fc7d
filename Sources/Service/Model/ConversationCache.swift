import CleaveRuntime
import CleaveStorage
import Synchronization

/// Keeps the sessions of answers that have ended, so that a conversation that goes on need not be read again: the
/// next request takes the session whose tokens it begins with. Its KV caches have a bound; the ones that were used
/// longest ago go first.
final class ConversationCache: Sendable {
  /// A session that has been fed some tokens.
  struct Entry: Sendable {
    let tokens: [Int]
    /// The mode and the thresholds that it runs with.
    let control: RunControl
    let session: OpenSession
    let bytes: Int
    let since: ContinuousClock.Instant
  }

  /// How long an entry is kept, in less time than a cloud ends a silent session.
  private static let longest = Duration.seconds(300)
  /// The most entries: each may have a connection.
  private static let mostEntries = 256

  private let limit: Int
  /// By rising time of use.
  private let entries = Mutex<[Entry]>([])

  /// - Parameter limit: bytes of all KV caches; 0 keeps nothing.
  init(limit: Int) { self.limit = limit }

  var isOn: Bool { limit > 0 }
  var counts: (entries: Int, bytes: Int) {
    entries.withLock { ($0.count, $0.reduce(0) { $0 + $1.bytes }) }
  }

  /// Takes the session that has read most of a prompt.
  ///
  /// - Returns: the session, and how many of its tokens the prompt begins with: at least half of them, and fewer
  ///   than the prompt has. Nil where there is none.
  func take(_ prompt: [Int], _ control: RunControl) -> (session: OpenSession, shared: Int)? {
    dropOld()
    return entries.withLock { entries in
      let found = entries.indices.filter { entries[$0].control == control }
        .map { (index: $0, shared: Self.shared(entries[$0].tokens, prompt)) }
        .filter { $0.shared > 0 && 2 * $0.shared >= entries[$0.index].tokens.count }
        .max { $0.shared < $1.shared }
      return found.map { (entries.remove(at: $0.index).session, $0.shared) }
    }
  }

  /// Keeps a session, and lets go of as many others as the bound asks for.
  func put(_ entry: Entry) async {
    guard entry.bytes <= limit else { return await entry.session.close() }
    let gone = entries.withLock { entries in
      entries.append(entry)
      var gone: [Entry] = []
      while entries.reduce(0, { $0 + $1.bytes }) > limit || entries.count > Self.mostEntries {
        gone.append(entries.removeFirst())
      }
      return gone
    }
    for entry in gone { await entry.session.close() }
  }

  private func dropOld() {
    let gone = entries.withLock { entries in
      let end = ContinuousClock.now - Self.longest
      let gone = entries.filter { $0.since < end }
      entries.removeAll { $0.since < end }
      return gone
    }
    guard !gone.isEmpty else { return }
    Task { for entry in gone { await entry.session.close() } }
  }

  /// The number of tokens with which both begin, less than all of the prompt: its last token is fed in any case.
  private static func shared(_ tokens: [Int], _ prompt: [Int]) -> Int {
    let most = min(tokens.count, prompt.count - 1)
    return (0..<most).first { tokens[$0] != prompt[$0] } ?? most
  }
}
