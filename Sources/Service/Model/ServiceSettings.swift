import CleaveGenerate
import CleaveRuntime

/// How a service runs its model, where a request does not say otherwise.
package struct ServiceSettings: Sendable {
  /// The name by which clients know the model; nil for that of its directory.
  package var name: String?
  package var numerics = Numerics.standard
  /// nil uses one thread for each processor.
  package var threads: Int?
  /// Thresholds of the exits: one for all, or one for each. nil takes those of the bundle.
  package var thresholds: [Double]?
  package var cloud: CloudAddress?
  /// How hidden states are packed; nil chooses by a measurement of the link.
  package var encoding: StatesEncoding? = .float32
  package var access = ServerAccess()
  /// How the edge asks its cloud. A text that is to be the whole model's says so here.
  package var session = EdgeSession.Options()
  /// The most drafts before the cloud verifies them, in requests for the whole model's text.
  package var draft = 8
  /// Bytes of the KV caches that are kept for conversations to go on with; 0 keeps none.
  package var conversationBytes = 256 << 20

  package init() {}
}
