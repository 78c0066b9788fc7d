/// Limits on the resources of a template, which may come from a hostile file.
enum TemplateLimits {
  static let sourceBytes = 1 << 20
  /// The deepest nesting of expressions and blocks, and of macro calls.
  static let depth = 64
  /// The most nodes evaluated in one rendering.
  static let steps = 4_000_000
  /// The most bytes of the output and of every intermediate string.
  static let bytes = 1 << 26
  /// The most elements of a list, and the most values in one, in lists inside it too.
  static let elements = 1 << 20
  /// The most operators, filters, attributes, calls and the like in one expression: each wraps what stands before it,
  /// and so an expression would become as deep as it is long.
  static let links = 512
  /// The most arguments of a call, parameters of a macro, and names of an assignment or a loop.
  static let names = 255
  /// What a rendering may cost, in bytes of text that its operations go over: so many, and more for each byte of the
  /// template and of the conversation.
  static let work = 1 << 25
  static let workForByte = 32
  /// What a value in a list or a dict costs those that go over it.
  static let workForValue = 16
  /// What each byte of a text costs whose characters become values.
  static let workForCharacter = 12
  /// What a new namespace costs for each member, and for two more: it stays until the rendering ends.
  static let workForMember = 64
  /// What each member costs that is passed over where another is looked up.
  static let workForPassing = 3
  /// What each byte of a text costs that is looked for in another: its borders take memory too.
  static let workForSought = 8
}
