/// The ways in which one block mixes positions otherwise than another.
package struct AttentionKind: Equatable, Sendable {
  /// Number of positions that a query sees, its own among them; nil for all.
  package var window: Int?
  /// Whether its rotary embedding is the window's, and not the model's.
  package var isLocal = false
  /// Whether queries and keys are rotated at all.
  package var isRotated = true
  /// What stands in the place of attention; the rest says nothing where it is not attention.
  package var mixer = Mixer.attention

  package init(
    window: Int? = nil, isLocal: Bool = false, isRotated: Bool = true, mixer: Mixer = .attention
  ) {
    self.window = window
    self.isLocal = isLocal
    self.isRotated = isRotated
    self.mixer = mixer
  }
}
