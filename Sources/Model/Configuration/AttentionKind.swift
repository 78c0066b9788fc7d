/// The ways in which the attention of one block differs from that of another.
package struct AttentionKind: Equatable, Sendable {
  /// Number of positions that a query sees, its own among them; nil for all.
  package var window: Int?
  /// Whether its rotary embedding is the window's, and not the model's.
  package var isLocal = false
  /// Whether queries and keys are rotated at all.
  package var isRotated = true

  package init(window: Int? = nil, isLocal: Bool = false, isRotated: Bool = true) {
    self.window = window
    self.isLocal = isLocal
    self.isRotated = isRotated
  }
}
