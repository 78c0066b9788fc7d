/// Limits on the resources of a template, which may come from a hostile file.
enum TemplateLimits {
  static let sourceBytes = 1 << 20
  /// The deepest nesting of expressions and blocks, and of macro calls.
  static let depth = 64
  /// The most nodes evaluated in one rendering.
  static let steps = 4_000_000
  /// The most bytes of the output and of every intermediate string.
  static let bytes = 1 << 26
  static let elements = 1 << 20
}
