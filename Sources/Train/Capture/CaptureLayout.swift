/// File names in a capture store.
enum CaptureLayout {
  static let manifest = "capture.json"
  static let sequences = "sequences.bin"
  static let tokens = "tokens.bin"
  static let states = "states.bin"
  static let exponents = "exponents.bin"
  static let teacher = "teacher.bin"
  /// All files but the manifest, in the order in which it lists them.
  static let data = [sequences, tokens, states, exponents, teacher]
  static let all = [manifest] + data
}
